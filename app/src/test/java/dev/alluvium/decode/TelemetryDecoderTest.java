package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.TelemetrySettings.Form;
import dev.alluvium.proto.telemetry.v1.SessionEnd;
import dev.alluvium.proto.telemetry.v1.SessionMetadata;
import dev.alluvium.proto.telemetry.v1.SessionStart;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType.Scalar;
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

class TelemetryDecoderTest {
    private final RootAllocator allocator = new RootAllocator();
    private final TelemetryDecoder decoder = new TelemetryDecoder(new TelemetrySettings(Form.ENVELOPE, false), 7);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    private static SourceRecord record(byte[] value) {
        return new SourceRecord(42, 1_700_000_000_000L, null, value);
    }

    private static byte[] envelope(TelemetrySample sample) {
        return TelemetryRecord.newBuilder().setSample(sample).build().toByteArray();
    }

    private static void append(TelemetryDecoder decoder, RecordBatch batch, byte[] value) {
        assertThat(decoder.read(record(value))).isNull();
        decoder.newColumns(batch).forEach(batch::addColumn);
        assertThat(decoder.append(batch)).isEqualTo(1);
    }

    private RecordBatch open(TelemetryDecoder decoder, byte[] firstValue) {
        assertThat(decoder.read(record(firstValue))).isNull();
        return new RecordBatch(allocator, decoder.group().schema());
    }

    private static Map<String, @Nullable Object> row(RecordBatch batch, int row) {
        return ArrowRows.row(batch.root(), batch.schema().columns(), row);
    }

    private static Object bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    @Test
    void opensWithTheThirteenStandardColumnsInOrder() {
        assertThat(decoder.read(record(envelope(TelemetrySample.getDefaultInstance()))))
                .isNull();
        assertThat(decoder.group().schema().columns())
                .extracting(Column::name)
                .containsExactly(
                        "lap_number",
                        "time",
                        "distance",
                        "lat",
                        "long",
                        "speed",
                        "rpm",
                        "throttle",
                        "brake",
                        "gear",
                        "steering",
                        "glat",
                        "glong");
        assertThat(decoder.group().schema().columns())
                .extracting(Column::nullable)
                .containsExactly(false, false, true, true, true, true, true, true, true, true, true, true, true);
    }

    @Test
    void writesEachChannelToItsColumnAndNullWhereItIsAbsent() {
        TelemetrySample full = TelemetrySample.newBuilder()
                .setSessionId(123)
                .setLapNumber(4)
                .setTime(1.5)
                .setDistance(2.5)
                .setLat(3.5)
                .setLong(4.5)
                .setSpeed(5.5)
                .setRpm(6.5)
                .setThrottle(7.5)
                .setBrake(8.5)
                .setGear(9.5)
                .setSteering(10.5)
                .setGlat(11.5)
                .setGlong(12.5)
                .build();
        TelemetrySample sparse =
                TelemetrySample.newBuilder().setSessionId(123).setSpeed(0).build();
        try (RecordBatch batch = open(decoder, envelope(full))) {
            append(decoder, batch, envelope(full));
            append(decoder, batch, envelope(sparse));
            List<@Nullable Object> first = new ArrayList<>(row(batch, 0).values());
            assertThat(first.get(0)).isEqualTo(4);
            for (int i = 1; i < 13; i++) {
                assertThat(first.get(i)).isEqualTo(bits(i + 0.5));
            }
            Map<String, @Nullable Object> second = row(batch, 1);
            assertThat(second).containsEntry("lap_number", 0).containsEntry("time", bits(0));
            assertThat(second).containsEntry("speed", bits(0));
            assertThat(second.values().stream().filter(value -> value == null)).hasSize(10);
        }
    }

    @Test
    void discoversChannelsInTheOrderTheyComeAndKeepsThemLast() {
        TelemetryDecoder withCoordinates = new TelemetryDecoder(new TelemetrySettings(Form.ENVELOPE, true), 7);
        byte[] first = envelope(TelemetrySample.newBuilder().putAux("oil", 1).build());
        byte[] second = envelope(
                TelemetrySample.newBuilder().putAux("water", 2).setSeq(9).build());
        byte[] third = envelope(
                TelemetrySample.newBuilder().putAux("air", 3).putAux("oil", 4).build());
        try (RecordBatch batch = open(withCoordinates, first)) {
            append(withCoordinates, batch, first);
            append(withCoordinates, batch, second);
            append(withCoordinates, batch, third);
            assertThat(batch.schema().columns().subList(13, 20))
                    .containsExactly(
                            Column.required("_partition", Scalar.INT32),
                            Column.required("_offset", Scalar.INT64),
                            Column.required("_timestamp", Scalar.TIMESTAMP_MICROS),
                            Column.optional("oil", Scalar.FLOAT64),
                            Column.optional("water", Scalar.FLOAT64),
                            Column.optional("seq", Scalar.INT64),
                            Column.optional("air", Scalar.FLOAT64));
            assertThat(row(batch, 0)).containsEntry("oil", bits(1)).containsEntry("water", null);
            assertThat(row(batch, 1)).containsEntry("oil", null).containsEntry("seq", 9L);
            assertThat(row(batch, 2)).containsEntry("oil", bits(4)).containsEntry("air", bits(3));
            assertThat(row(batch, 2))
                    .containsEntry("_partition", 7)
                    .containsEntry("_offset", 42L)
                    .containsEntry("_timestamp", 1_700_000_000_000_000L);
        }
    }

    @Test
    void keepsTheChannelsOfInterleavedSessionsApart() {
        byte[] one = envelope(
                TelemetrySample.newBuilder().setSessionId(1).putAux("a", 1).build());
        byte[] two = envelope(
                TelemetrySample.newBuilder().setSessionId(2).putAux("b", 2).build());
        try (RecordBatch first = open(decoder, one);
                RecordBatch second = open(decoder, two)) {
            for (int i = 0; i < 3; i++) {
                append(decoder, first, one);
                append(decoder, second, two);
            }
            assertThat(first.schema().columns())
                    .hasSize(14)
                    .extracting(Column::name)
                    .contains("a");
            assertThat(second.schema().columns())
                    .hasSize(14)
                    .extracting(Column::name)
                    .contains("b");
            assertThat(row(second, 2)).containsEntry("b", bits(2));
        }
    }

    @Test
    void findsEveryOneOfManyChannels() {
        TelemetrySample.Builder wide = TelemetrySample.newBuilder();
        for (int i = 0; i < 300; i++) {
            wide.putAux("channel " + i, i);
        }
        byte[] value = envelope(wide.build());
        try (RecordBatch batch = open(decoder, value)) {
            append(decoder, batch, value);
            append(decoder, batch, value);
            Map<String, @Nullable Object> row = row(batch, 1);
            assertThat(row).hasSize(313);
            for (int i = 0; i < 300; i++) {
                assertThat(row).containsEntry("channel " + i, bits(i));
            }
        }
    }

    @Test
    void rejectsChannelsThatHaveNoNameOrThatOfAnotherColumn() {
        for (String name : List.of("", "time", "lap_number", "glong", "seq", "_unknown", "_offset")) {
            byte[] value = envelope(TelemetrySample.newBuilder().putAux(name, 1).build());
            Rejection rejection = Objects.requireNonNull(decoder.read(record(value)), name);
            assertThat(rejection.reason()).isEqualTo(Rejection.Reason.BAD_IDENTIFIER);
            assertThat(rejection.detail()).contains(name);
        }
    }

    @Test
    void letsTheLastEntryOfAChannelWin() throws IOException {
        byte[] twice = concatenate(
                TelemetrySample.newBuilder()
                        .putAux("x", 1)
                        .putAux("y", 5)
                        .build()
                        .toByteArray(),
                TelemetrySample.newBuilder().putAux("x", 2).build().toByteArray());
        TelemetryDecoder bare = new TelemetryDecoder(new TelemetrySettings(Form.SAMPLE, false), 0);
        try (RecordBatch batch = open(bare, twice)) {
            append(bare, batch, twice);
            assertThat(row(batch, 0)).containsEntry("x", bits(2)).containsEntry("y", bits(5));
        }
    }

    @Test
    void readsTheArmOfTheEnvelopeThatComesLast() throws IOException {
        byte[] end = TelemetryRecord.newBuilder()
                .setEnd(SessionEnd.newBuilder().setSessionId(5))
                .build()
                .toByteArray();
        byte[] before = envelope(TelemetrySample.newBuilder()
                .setSessionId(1)
                .setSpeed(1)
                .putAux("gone", 1)
                .setSeq(3)
                .build());
        byte[] after = envelope(TelemetrySample.newBuilder().setRpm(2).build());
        byte[] value = concatenate(before, end, after);
        try (RecordBatch batch = open(decoder, value)) {
            append(decoder, batch, value);
            assertThat(decoder.group().id()).isEqualTo("session=0");
            assertThat(decoder.endsGroup()).isFalse();
            assertThat(row(batch, 0)).hasSize(13).containsEntry("speed", null).containsEntry("rpm", bits(2));
        }
        assertThat(decoder.read(record(concatenate(before, end)))).isNull();
        assertThat(decoder.endsGroup()).isTrue();
        assertThat(decoder.group().id()).isEqualTo("session=5");
    }

    @Test
    void groupsBySessionAndGivesTheSameInstanceAgain() {
        byte[] value = envelope(TelemetrySample.newBuilder().setSessionId(123).build());
        assertThat(decoder.read(record(value))).isNull();
        Group group = decoder.group();
        assertThat(group.id()).isEqualTo("session=123");
        assertThat(group.attributes()).containsEntry("session", "123").containsEntry("sessionId", "123");
        assertThat(decoder.read(record(
                        envelope(TelemetrySample.newBuilder().setSessionId(4).build()))))
                .isNull();
        assertThat(decoder.group().id()).isEqualTo("session=4");
        assertThat(decoder.read(record(value))).isNull();
        assertThat(decoder.group()).isSameAs(group);
    }

    @Test
    void takesFactsFromMarkersThatHaveNoRows() {
        SessionMetadata metadata = SessionMetadata.newBuilder()
                .setImportedAt("2026-02-06T12:00:00Z")
                .setSourceType("vbo")
                .setChannelCount(14)
                .addAuxiliaryChannels("oil")
                .addAuxiliaryChannels("water")
                .build();
        byte[] start = TelemetryRecord.newBuilder()
                .setStart(SessionStart.newBuilder().setSessionId(123).setMetadata(metadata))
                .build()
                .toByteArray();
        byte[] end = TelemetryRecord.newBuilder()
                .setEnd(SessionEnd.newBuilder()
                        .setSessionId(123)
                        .setMetadata(SessionMetadata.newBuilder().setTotalPoints(22_500)))
                .build()
                .toByteArray();
        try (RecordBatch batch = open(decoder, start)) {
            assertThat(decoder.newColumns(batch)).isEmpty();
            assertThat(decoder.append(batch)).isZero();
            assertThat(decoder.group().id()).isEqualTo("session=123");
            assertThat(decoder.endsGroup()).isFalse();
            assertThat(decoder.footerFacts())
                    .isEqualTo(Map.of(
                            "importedAt",
                            "2026-02-06T12:00:00Z",
                            "sourceType",
                            "vbo",
                            "channelCount",
                            "14",
                            "auxiliaryChannels",
                            "oil,water"));
            assertThat(decoder.read(record(end))).isNull();
            assertThat(decoder.append(batch)).isZero();
            assertThat(decoder.endsGroup()).isTrue();
            assertThat(decoder.footerFacts()).isEqualTo(Map.of("totalPoints", "22500"));
            assertThat(batch.rowCount()).isZero();
            append(decoder, batch, envelope(TelemetrySample.getDefaultInstance()));
            assertThat(decoder.footerFacts()).isEmpty();
            assertThat(decoder.endsGroup()).isFalse();
        }
    }

    @Test
    void rejectsAnEmptyEnvelopeATombstoneAndDamagedBytes() {
        assertThat(decoder.read(record(new byte[0])))
                .extracting(Rejection::reason)
                .isEqualTo(Rejection.Reason.NO_SESSION);
        assertThat(decoder.read(new SourceRecord(0, 0, null, null)))
                .extracting(Rejection::reason)
                .isEqualTo(Rejection.Reason.NULL_VALUE);
        byte[] cut = {0x0A, 5, 1};
        assertThat(decoder.read(record(cut))).extracting(Rejection::reason).isEqualTo(Rejection.Reason.UNDECODABLE);
        byte[] badName = {0x0A, 6, 0x7A, 4, 0x0A, 2, (byte) 0xC3, 0x28};
        assertThat(decoder.read(record(badName))).extracting(Rejection::reason).isEqualTo(Rejection.Reason.BAD_UTF8);
    }

    @Test
    void keepsTheUnknownFieldsOfASample() throws InvalidProtocolBufferException {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(40, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                .addField(41, UnknownFieldSet.Field.newBuilder().addFixed64(6).build())
                .build();
        byte[] value =
                envelope(TelemetrySample.newBuilder().setUnknownFields(unknown).build());
        try (RecordBatch batch = open(decoder, value)) {
            append(decoder, batch, envelope(TelemetrySample.getDefaultInstance()));
            append(decoder, batch, value);
            assertThat(row(batch, 0)).containsEntry("_unknown", null);
            assertThat(UnknownFieldSet.parseFrom((ByteString) row(batch, 1).get("_unknown")))
                    .isEqualTo(unknown);
        }
    }

    @Test
    void agreesWithProtobufOnRandomSamples() throws IOException {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] value = randomEnvelope(random);
            TelemetrySample expected = TelemetryRecord.parseFrom(value).getSample();
            try (RecordBatch batch = open(decoder, value)) {
                append(decoder, batch, value);
                Map<String, @Nullable Object> row = row(batch, 0);
                Map<String, @Nullable Object> wanted = new LinkedHashMap<>();
                TelemetrySample.getDescriptor().getFields().stream()
                        .filter(field -> field.getNumber() > 1 && field.getNumber() < 15)
                        .forEach(field -> {
                            Object given = expected.getField(field);
                            boolean isAbsent = field.hasPresence() && !expected.hasField(field);
                            wanted.put(field.getName(), isAbsent ? null : given instanceof Double d ? bits(d) : given);
                        });
                expected.getAuxMap().forEach((name, number) -> wanted.put(name, bits(number)));
                if (expected.hasSeq()) {
                    wanted.put("seq", expected.getSeq());
                }
                assertThat(row).as("seed " + seed).isEqualTo(wanted);
                assertThat(decoder.group().id()).as("seed " + seed).isEqualTo("session=" + expected.getSessionId());
            }
        }
    }

    /** Several occurrences of the sample, each with any fields in any order. */
    private static byte[] randomEnvelope(Random random) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int part = 0; part <= random.nextInt(3); part++) {
            ByteArrayOutputStream sample = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(sample);
            for (int i = random.nextInt(20); i > 0; i--) {
                int number = 1 + random.nextInt(16);
                switch (number) {
                    case 1, 16 -> out.writeInt64(number, random.nextLong());
                    case 2 -> out.writeInt32(number, random.nextInt());
                    case 15 ->
                        out.writeByteArray(
                                15,
                                TelemetrySample.newBuilder()
                                        .putAux("c" + random.nextInt(5), random.nextDouble())
                                        .build()
                                        .toByteString()
                                        .substring(2)
                                        .toByteArray());
                    default -> out.writeDouble(number, random.nextDouble());
                }
            }
            out.flush();
            CodedOutputStream envelope = CodedOutputStream.newInstance(bytes);
            envelope.writeByteArray(1, sample.toByteArray());
            envelope.flush();
        }
        return bytes.toByteArray();
    }

    private static byte[] concatenate(byte[]... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.write(part);
        }
        return bytes.toByteArray();
    }
}
