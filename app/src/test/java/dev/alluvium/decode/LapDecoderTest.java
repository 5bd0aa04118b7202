package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.TelemetrySettings.Form;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.TelemetryLap;
import dev.alluvium.proto.telemetry.v1.TelemetryLap.Channel;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Laps: one array per channel. */
class LapDecoderTest {
    private final RootAllocator allocator = new RootAllocator();
    private final TelemetryDecoder laps = new TelemetryDecoder(new TelemetrySettings(Form.LAP, false), 3);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static SourceRecord record(byte[] value) {
        return new SourceRecord(42, 1_700_000_000_000L, null, value);
    }

    private static TelemetryLap.Builder lap(double... times) {
        TelemetryLap.Builder lap = TelemetryLap.newBuilder().setSessionId(5).setLapNumber(2);
        for (double time : times) {
            lap.addTime(time);
        }
        return lap;
    }

    private static Channel channel(double... values) {
        Channel.Builder channel = Channel.newBuilder();
        for (double value : values) {
            channel.addValues(value);
        }
        return channel.build();
    }

    private static byte[] envelope(TelemetryLap lap) {
        return TelemetryRecord.newBuilder().setLap(lap).build().toByteArray();
    }

    private static Object bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    /** The rows of some records in one batch, of which the first says the columns. */
    private List<Map<String, @Nullable Object>> rows(TelemetryDecoder decoder, byte[]... values) {
        assertThat(decoder.read(record(values[0]))).isNull();
        try (RecordBatch batch = new RecordBatch(allocator, decoder.group().schema())) {
            for (byte[] value : values) {
                assertThat(decoder.read(record(value))).isNull();
                decoder.newColumns(batch).forEach(batch::addColumn);
                int before = batch.rowCount();
                assertThat(decoder.append(batch)).isEqualTo(batch.rowCount() - before);
            }
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (int row = 0; row < batch.rowCount(); row++) {
                rows.add(ArrowRows.row(batch.root(), batch.schema().columns(), row));
            }
            return rows;
        }
    }

    @Test
    void becomeARowForEachSampleWithNullWhereAChannelIsAbsent() {
        byte[] value = lap(0.5, 0.25)
                .addSpeed(100)
                .addSpeed(Double.NaN)
                .putAux("oil", channel(1, -0.0))
                .putAux("gone", channel())
                .build()
                .toByteArray();

        List<Map<String, @Nullable Object>> rows =
                rows(laps, value, lap(9).build().toByteArray());

        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).hasSize(14).containsEntry("lap_number", 2).containsEntry("rpm", null);
        assertThat(rows).extracting(row -> row.get("time")).containsExactly(bits(0.5), bits(0.25), bits(9));
        assertThat(rows).extracting(row -> row.get("speed")).containsExactly(bits(100), bits(Double.NaN), null);
        assertThat(rows).extracting(row -> row.get("oil")).containsExactly(bits(1), bits(-0.0), null);
    }

    @Test
    void standBesideSamplesInTheFileOfASession() {
        TelemetryDecoder decoder = new TelemetryDecoder(new TelemetrySettings(Form.ENVELOPE, true), 3);
        byte[] sample = TelemetryRecord.newBuilder()
                .setSample(
                        TelemetrySample.newBuilder().setSessionId(5).setTime(1).putAux("oil", 7))
                .build()
                .toByteArray();

        List<Map<String, @Nullable Object>> rows = rows(
                decoder, sample, envelope(lap(2, 3).putAux("oil", channel(8, 9)).build()), sample);

        assertThat(decoder.group().id()).isEqualTo("session=5");
        assertThat(rows).extracting(row -> row.get("_index")).containsExactly(null, 0, 1, null);
        assertThat(rows).extracting(row -> row.get("oil")).containsExactly(bits(7), bits(8), bits(9), bits(7));
        assertThat(rows)
                .allSatisfy(row -> assertThat(row).containsEntry("_offset", 42L).containsEntry("_partition", 3));
    }

    @Test
    void carryNoIndexWithoutCoordinates() {
        assertThat(rows(laps, lap(1).build().toByteArray()).get(0)).doesNotContainKey("_index");
    }

    @Test
    void areRejectedAsAWholeWithAnArrayOfAnotherLength() {
        for (TelemetryLap uneven : List.of(
                lap(1, 2).addSpeed(1).build(),
                lap(1, 2).addGlong(1).addGlong(2).addGlong(3).build(),
                lap().addDistance(1).build(),
                lap(1).putAux("oil", channel(1, 2)).build())) {
            assertThat(laps.read(record(uneven.toByteArray())))
                    .as(uneven.toString())
                    .extracting(Rejection::reason)
                    .isEqualTo(Rejection.Reason.UNEVEN_ARRAYS);
        }
        Rejection rejection = Objects.requireNonNull(
                laps.read(record(lap(1).putAux("oil", channel(1, 2)).build().toByteArray())));
        assertThat(rejection.detail()).isEqualTo("oil has 2 values, time has 1");
    }

    @Test
    void areRejectedWithTheNameOfAnotherColumn() {
        for (String name : List.of("", "time", "seq", "_index", "_unknown")) {
            byte[] value = lap(1).putAux(name, channel(1)).build().toByteArray();
            assertThat(laps.read(record(value)))
                    .as(name)
                    .extracting(Rejection::reason)
                    .isEqualTo(Rejection.Reason.BAD_IDENTIFIER);
        }
    }

    @Test
    void mayHaveNoSamples() {
        assertThat(rows(laps, lap().build().toByteArray())).isEmpty();
    }

    @Test
    void keepTheirUnknownFieldsInTheirFirstRow() throws IOException {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(40, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .build();

        List<Map<String, @Nullable Object>> rows =
                rows(laps, lap(1, 2).setUnknownFields(unknown).build().toByteArray());

        assertThat(UnknownFieldSet.parseFrom((ByteString) rows.get(0).get("_unknown")))
                .isEqualTo(unknown);
        assertThat(rows.get(1)).containsEntry("_unknown", null);
    }

    @Test
    void areDroppedByALaterArmOfTheEnvelope() throws IOException {
        TelemetryDecoder decoder = new TelemetryDecoder(new TelemetrySettings(Form.ENVELOPE, false), 3);
        byte[] first = envelope(lap(1, 2).putAux("gone", channel(1, 2)).build());
        byte[] end = TelemetryRecord.newBuilder()
                .setEnd(SessionEnd.newBuilder().setSessionId(5))
                .build()
                .toByteArray();
        byte[] last = envelope(lap(3).build());

        List<Map<String, @Nullable Object>> rows = rows(decoder, concatenate(first, end, last));

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0)).hasSize(13).containsEntry("time", bits(3));
        assertThat(decoder.read(record(concatenate(first, end)))).isNull();
        assertThat(decoder.endsGroup()).isTrue();
    }

    /** Packed, unpacked and in pieces, channels and whole arms that come again, unknown fields within. */
    @Test
    void agreeWithProtobufHoweverTheyAreWritten() throws IOException {
        TelemetryDecoder decoder = new TelemetryDecoder(new TelemetrySettings(Form.ENVELOPE, false), 3);
        int accepted = 0;
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            byte[] value = randomEnvelope(random);
            TelemetryLap expected = TelemetryRecord.parseFrom(value).getLap();
            List<Map<String, @Nullable Object>> wanted = expectedRows(expected);
            if (wanted == null) {
                assertThat(decoder.read(record(value)))
                        .as("seed " + seed)
                        .extracting(Rejection::reason)
                        .isEqualTo(Rejection.Reason.UNEVEN_ARRAYS);
            } else {
                assertThat(rows(decoder, value)).as("seed " + seed).isEqualTo(wanted);
                accepted++;
            }
        }
        assertThat(accepted).isBetween(50, 390);
    }

    private static @Nullable List<Map<String, @Nullable Object>> expectedRows(TelemetryLap lap) {
        Map<String, List<Double>> channels = new LinkedHashMap<>();
        TelemetryLap.getDescriptor().getFields().stream()
                .filter(field -> field.getNumber() > 2 && field.getNumber() < 15)
                .forEach(field -> {
                    List<Double> values = new ArrayList<>();
                    for (int i = 0; i < lap.getRepeatedFieldCount(field); i++) {
                        values.add((Double) lap.getRepeatedField(field, i));
                    }
                    channels.put(field.getName(), values);
                });
        lap.getAuxMap().forEach((name, values) -> {
            if (values.getValuesCount() > 0) {
                channels.put(name, values.getValuesList());
            }
        });
        int size = lap.getTimeCount();
        if (channels.values().stream().anyMatch(values -> !values.isEmpty() && values.size() != size)) {
            return null;
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("lap_number", lap.getLapNumber());
            for (Map.Entry<String, List<Double>> channel : channels.entrySet()) {
                row.put(
                        channel.getKey(),
                        channel.getValue().isEmpty()
                                ? null
                                : bits(channel.getValue().get(i)));
            }
            rows.add(row);
        }
        return rows;
    }

    private static byte[] randomEnvelope(Random random) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int size = 1 + random.nextInt(4);
        int parts = 1 + random.nextInt(2);
        for (int part = 0; part < parts; part++) {
            ByteArrayOutputStream lap = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(lap);
            out.writeInt32(2, random.nextInt(9));
            for (int number = 3; number < 15; number++) {
                boolean isThere = number == 3 || random.nextInt(3) == 0;
                int count = random.nextInt(60) == 0 ? random.nextInt(3) : size;
                if (isThere && (part == 0 || random.nextInt(8) == 0 || number == 3)) {
                    writeArray(out, number, part == 1 && number == 3 ? 0 : count, random);
                }
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                ByteArrayOutputStream values = new ByteArrayOutputStream();
                CodedOutputStream channel = CodedOutputStream.newInstance(values);
                writeArray(channel, 1, random.nextInt(10) == 0 ? 0 : size, random);
                channel.flush();
                ByteArrayOutputStream entry = new ByteArrayOutputStream();
                CodedOutputStream fields = CodedOutputStream.newInstance(entry);
                fields.writeByteArray(2, values.toByteArray());
                fields.writeString(1, "c" + random.nextInt(3));
                fields.flush();
                out.writeByteArray(15, entry.toByteArray());
            }
            out.flush();
            CodedOutputStream envelope = CodedOutputStream.newInstance(bytes);
            envelope.writeByteArray(4, lap.toByteArray());
            envelope.flush();
        }
        return bytes.toByteArray();
    }

    private static void writeArray(CodedOutputStream out, int number, int count, Random random) throws IOException {
        int written = 0;
        while (written < count) {
            if (random.nextBoolean()) {
                out.writeDouble(number, random.nextDouble());
                written++;
                continue;
            }
            int run = 1 + random.nextInt(count - written);
            out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(8 * run);
            for (int i = 0; i < run; i++) {
                out.writeDoubleNoTag(random.nextDouble());
            }
            written += run;
        }
    }

    private static byte[] concatenate(byte[]... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.write(part);
        }
        return bytes.toByteArray();
    }

    @Test
    void openWithTheStandardColumns() {
        assertThat(laps.read(record(lap(1).build().toByteArray()))).isNull();
        assertThat(laps.group().schema().columns()).extracting(Column::name).hasSize(13);
        assertThat(laps.group().schema().sortedBy()).containsExactly("lap_number", "time");
    }
}
