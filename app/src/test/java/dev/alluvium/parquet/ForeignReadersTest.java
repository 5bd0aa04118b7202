package dev.alluvium.parquet;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.decode.DeltaDecoder;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.Golden;
import dev.alluvium.decode.GoldenTypes;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.ProtobufSettings.Grouping;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.demo.DeltaData;
import dev.alluvium.demo.TelemetryData;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.proto.lakesync.v1.RowDelta;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.read.Archived;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.DeltaTable;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file of every data set and every type, to all readers. */
class ForeignReadersTest {
    /** Small enough that a few hundred rows are several pages and row groups. */
    private static final WriterSettings MANY_PAGES = new WriterSettings(Codec.SNAPPY, 1, 16 << 10, 4 << 10, 100);

    @TempDir
    Path folder;

    @Test
    void agreeOnMessagesOfEveryKind() throws Exception {
        Descriptor everything = GoldenTypes.everything();
        Descriptor legacy = GoldenTypes.legacy();
        Descriptor modern = GoldenTypes.modern();
        byte[] golden = GoldenTypes.message(everything, "everything.txtpb");
        List<byte[]> edges = List.of(
                GoldenTypes.text(everything, ""),
                golden,
                GoldenTypes.text(everything, "a_double: nan a_float: nan double_value { value: -inf }"),
                GoldenTypes.text(everything, "a_double: inf a_float: -0.0 a_string: \"\\0\\t\\\"\""),
                GoldenTypes.text(everything, "a_double: 5e-324 a_float: 1e-45 a_sint64: 1"),
                GoldenTypes.text(everything, "an_int64: -9223372036854775808 a_sfixed64: 9223372036854775807"),
                GoldenTypes.text(
                        everything, "an_int32: -2147483648 a_fixed32: 4294967295 a_fixed64: 9223372036854775808"),
                GoldenTypes.text(
                        everything, "timestamp { seconds: -1 nanos: 1000 } timestamps { seconds: 253402300799 }"),
                GoldenTypes.text(everything, "timestamp { seconds: 1 nanos: 1 } duration { seconds: 1 nanos: 1 }"),
                new byte[] {(byte) 0xc0, 0x3e, 0x01});
        write("everything", everything, ProtobufMapping.DEFAULT, edges);
        write("everything-nanos", everything, new ProtobufMapping(1, Times.NANOS), List.of(golden, new byte[0]));
        write("legacy", legacy, ProtobufMapping.DEFAULT, List.of(GoldenTypes.message(legacy, "legacy.txtpb")));
        write("modern", modern, ProtobufMapping.DEFAULT, List.of(GoldenTypes.message(modern, "modern.txtpb")));

        ForeignReaders.agreeOn(folder);
    }

    private void write(String name, Descriptor type, ProtobufMapping mapping, List<byte[]> values) throws IOException {
        new Archived(new ProtobufDecoder(new ProtobufSettings(type, Grouping.NONE, true, mapping), 0), type)
                .write(folder, group -> name + ".parquet", 0, values);
    }

    @Test
    void agreeOnDeltas() throws Exception {
        DeltaTable users = new DeltaTable(
                "users",
                List.of(
                        new DeltaColumn("name", DeltaColumn.Type.STRING),
                        new DeltaColumn("age", DeltaColumn.Type.NUMBER),
                        new DeltaColumn("active", DeltaColumn.Type.BOOLEAN),
                        new DeltaColumn("meta", DeltaColumn.Type.JSON),
                        new DeltaColumn("nothing", DeltaColumn.Type.NULL)));
        List<byte[]> deltas = new ArrayList<>(
                Golden.deltas().map(delta -> delta.wire().toByteArray()).toList());
        DeltaData data = new DeltaData(1, 200, 0);
        for (int i = 0; i < 200; i++) {
            deltas.add(data.delta(i).toByteArray());
        }
        DeltaSettings settings = new DeltaSettings("gw-1", List.of(users), false, true, DeltaSettings.ClockDrift.COUNT);
        new Archived(new DeltaDecoder(settings, 0), RowDelta.getDescriptor())
                .with(MANY_PAGES)
                .write(folder, group -> group.id().replace('/', '-') + ".parquet", 0, deltas);

        ForeignReaders.agreeOn(folder);
    }

    @Test
    void agreeOnTelemetry() throws Exception {
        TelemetryData data = new TelemetryData(1, 50, 0);
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            records.add(TelemetryRecord.newBuilder()
                    .setSample(data.sample(i))
                    .build()
                    .toByteArray());
        }
        TelemetrySettings settings = new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, false);
        new Archived(new TelemetryDecoder(settings, 0), TelemetryRecord.getDescriptor())
                .with(MANY_PAGES)
                .write(folder, group -> group.attributes().get("session") + ".parquet", 0, records);

        ForeignReaders.agreeOn(folder);
    }

    @Test
    void agreeOnEveryCodec() throws Exception {
        Descriptor type = GoldenTypes.everything();
        byte[] value = GoldenTypes.message(type, "everything.txtpb");
        for (Codec codec : Codec.values()) {
            new Archived(new ProtobufDecoder(new ProtobufSettings(type, Grouping.NONE, true), 0), type)
                    .with(new WriterSettings(codec, 3, 8 << 10, 1 << 10, 50))
                    .write(folder, group -> codec + ".parquet", 0, Collections.nCopies(100, value));
        }

        ForeignReaders.agreeOn(folder);
    }

    @Test
    void agreeOnTablesOfAnyShape() throws Exception {
        for (long seed = 0; seed < 10; seed++) {
            RandomTable table = RandomTable.of(seed, 200);
            try (RootAllocator allocator = new RootAllocator();
                    VectorSchemaRoot batch = ArrowRows.batch(allocator, table.schema(), table.rows());
                    DataFileWriter writer = DataFileWriter.create(
                            folder.resolve("seed-" + seed + ".parquet"), table.schema(), MANY_PAGES)) {
                writer.write(batch);
                writer.finish(Map.of());
            }
        }

        ForeignReaders.agreeOn(folder);
    }
}
