package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.decode.GoldenTypes;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.read.Archived;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void writeMessages() throws Exception {
        Descriptor type = GoldenTypes.everything();
        ProtobufSettings settings = new ProtobufSettings(type, Partitioning.NONE, true);
        byte[] value = GoldenTypes.message(type, "everything.txtpb");
        new Archived(new ProtobufDecoder(settings, 0), type)
                .with(new WriterSettings(Codec.ZSTD, 3, 4 << 10, 1 << 10, 100))
                .write(folder, group -> "golden.parquet", 40, Collections.nCopies(50, value));
        file = folder.resolve("golden.parquet");
    }

    @Test
    void printsWhatAPersonAsksOfAFile() throws Exception {
        assertThat(inspect(file.toString())).as(err.toString()).isZero();

        assertThat(out.toString())
                .startsWith("file: golden.parquet\nbytes: " + Files.size(file) + "\nrows: 50\nwritten by: parquet-mr ")
                .contains("\nschema:\n  message golden.Everything {\n    required int32 an_int32;\n")
                .containsPattern("\nrow group 1 of \\d+: \\d+ rows, \\d+ bytes, uncompressed \\d+\n")
                .containsPattern(
                        "\n  column +codec +encodings +bytes +uncompressed +values +nulls +min +max +indexes\n")
                .containsPattern("\n  a_uint64 +uncompressed +[A-Z_ ]+ \\d+ +\\d+ +\\d+ +0 +18446744073709551615 +"
                        + "18446744073709551615 +column offset\n")
                .containsPattern("\n  packed\\.list\\.element +[a-z]+ .* 1 +3 +column offset\n")
                .contains("\n  alluvium.offset.first: 40\n", "\n  message: Everything\n")
                .containsPattern("\n  alluvium.descriptor.set: .*proto3\\.proto, \\d+ bytes\n")
                .contains("\nmessage: golden.Everything\n  int32 an_int32 = 1\n")
                .contains("\n  repeated string texts = ", "\n  map<int32, golden.Item> item_by_number = ");
    }

    @Test
    void printsAllOfItAsAnObject() throws Exception {
        assertThat(inspect(file.toString(), "--json")).as(err.toString()).isZero();

        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(out.toString().lines()).hasSize(1);
        assertThat(report.at("/file").textValue()).isEqualTo("golden.parquet");
        assertThat(report.at("/bytes").longValue()).isEqualTo(Files.size(file));
        assertThat(report.at("/name").textValue()).isEqualTo("golden.Everything");
        assertThat(report.at("/rows").longValue()).isEqualTo(50);
        assertThat(report.at("/columns/0")).hasToString("""
                {"name":"an_int32","type":"INT32","nullable":false}""");
        long rows = 0;
        for (JsonNode rowGroup : report.at("/rowGroups")) {
            rows += rowGroup.at("/rows").longValue();
            JsonNode first = rowGroup.at("/columns/0");
            assertThat(first.at("/path")).hasToString("[\"an_int32\"]");
            assertThat(first.at("/codec").textValue())
                    .as("one value is not worth it")
                    .isEqualTo("UNCOMPRESSED");
            assertThat(first.at("/nulls").longValue()).isZero();
            assertThat(first.at("/min").longValue()).isEqualTo(-1);
            assertThat(first.at("/max").longValue()).isEqualTo(-1);
            assertThat(first.at("/columnIndex").booleanValue()).isTrue();
            assertThat(first.at("/offsetIndex").booleanValue()).isTrue();
        }
        assertThat(rows).isEqualTo(50);
        assertThat(report.at("/rowGroups")).hasSizeGreaterThan(1);
        assertThat(report.at("/facts/alluvium.records").textValue()).isEqualTo("50");
        assertThat(report.at("/message/name").textValue()).isEqualTo("golden.Everything");
        assertThat(report.at("/message/fields/0").textValue()).isEqualTo("int32 an_int32 = 1");
    }

    @Test
    void goesThroughAFolder() {
        assertThat(inspect(folder.toString(), "--json")).as(err.toString()).isZero();

        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void saysInOneLineThatAFileIsCutShort() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, List.of("PAR1", new String(bytes, 0, 100, StandardCharsets.ISO_8859_1)));

        assertThat(inspect(file.toString())).isEqualTo(1);

        assertThat(err.toString())
                .startsWith("alluvium: data file ")
                .contains("golden.parquet: not a Parquet file")
                .hasLineCount(1);
    }

    @Test
    void endsWithALineWhateverByteOfTheFooterIsDamaged() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            byte[] damaged = bytes.clone();
            int position = bytes.length - 1 - random.nextInt(bytes.length / 2);
            damaged[position] = (byte) random.nextInt(256);
            Files.write(file, damaged);
            out.getBuffer().setLength(0);
            err.getBuffer().setLength(0);

            int code = inspect(file.toString());

            assertThat(code).as("byte " + position + ": " + err).isBetween(0, 1);
            assertThat(err.toString().lines()).as("byte " + position).hasSize(code);
        }
    }

    private int inspect(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "inspect";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.commands(
                        Map.of(),
                        (configuration, drain) -> {
                            throw new AssertionError("run was not asked for");
                        },
                        (records, directory, json) -> {
                            throw new AssertionError("demo was not asked for");
                        },
                        new PrintWriter(out, true),
                        new PrintWriter(err, true))
                .execute(all);
    }
}
