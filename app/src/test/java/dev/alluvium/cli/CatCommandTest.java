package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.decode.GoldenTypes;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.ProtobufDecoder;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.TelemetryDecoder;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.proto.telemetry.v1.TelemetryRecord;
import dev.alluvium.proto.telemetry.v1.TelemetrySample;
import dev.alluvium.read.Archived;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CatCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    // ---- values ----------------------------------------------------------------------------------------------------

    @Test
    void printsEveryTypeInItsForm() throws Exception {
        Descriptor type = GoldenTypes.everything();
        writeMessages(type, GoldenTypes.message(type, "everything.txtpb"));

        assertThat(cat(folder.resolve("golden.parquet").toString())).isZero();

        assertThat(out.toString().lines()).hasSize(1);
        assertThat(out.toString())
                .contains("\"an_int32\":-1,", "\"a_uint32\":4294967295,", "\"a_uint64\":18446744073709551615,")
                .contains("\"a_float\":0.5,", "\"a_double\":-0.0,", "\"a_bool\":true,", "\"a_string\":\"grüße\",")
                .contains("\"some_bytes\":\"AP8=\",", "\"color\":\"BLUE\",", "\"number\":null,")
                .contains("\"item\":{\"count\":3,\"when\":\"2026-11-21T09:03:04.000005Z\"},")
                .contains("\"packed\":[1,2,3],", "\"item_by_number\":{\"-7\":{\"count\":5,\"when\":null}},")
                .contains("\"color_by_flag\":{\"true\":\"RED\"},")
                .contains("\"timestamp\":\"1969-12-31T23:59:59.999999Z\",")
                .contains("\"list_value\":[\"x\",true],", "\"mask\":\"user.displayName,photo\",")
                .contains("\"values\":{\"k\":{}}");
    }

    @Test
    void printsWhatJsonHasNoNumberForAsText() throws Exception {
        Descriptor type = GoldenTypes.everything();
        writeMessages(
                type,
                GoldenTypes.text(type, "a_double: nan a_float: inf double_value { value: -inf }"),
                GoldenTypes.text(type, "a_double: 1e300 a_float: 0.1"));

        assertThat(cat(folder.resolve("golden.parquet").toString(), "--columns", "a_float,double_value,a_double"))
                .isZero();

        assertThat(out).hasToString("""
                {"a_float":"Infinity","double_value":"-Infinity","a_double":"NaN"}
                {"a_float":0.1,"double_value":null,"a_double":1.0E300}
                """);
    }

    private void writeMessages(Descriptor type, byte[]... values) throws IOException {
        ProtobufSettings settings = new ProtobufSettings(type, Partitioning.NONE, true);
        new Archived(new ProtobufDecoder(settings, 0), type)
                .write(folder, group -> "golden.parquet", 0, List.of(values));
    }

    // ---- which files and rows --------------------------------------------------------------------------------------

    @Test
    void printsAFolderFileByFileAndSaysWhatItLeavesOut() throws Exception {
        writeSession(2, 2);
        writeSession(1, 3);
        Files.writeString(folder.resolve("telemetry").resolve("notes.txt"), "mine");

        assertThat(cat(folder.toString(), "--columns", "time")).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"time\":0.0}", "{\"time\":1.0}", "{\"time\":2.0}", "{\"time\":0.0}", "{\"time\":1.0}");
        assertThat(err).hasToString("alluvium: left out 1 file whose name does not end in .parquet\n");
    }

    @Test
    void takesWhatSeveralFilesBeginWith() throws Exception {
        writeSession(17, 1);
        writeSession(18, 2);
        writeSession(2, 4);

        assertThat(cat(folder.resolve("telemetry/1").toString())).isZero();

        assertThat(out.toString().lines()).hasSize(3);
    }

    @Test
    void stopsAtTheLimitWithoutReadingOn() throws Exception {
        writeSession(1, 3);
        Files.writeString(folder.resolve("telemetry").resolve("2.parquet"), "damaged, and never opened");

        assertThat(cat(folder.toString(), "--limit", "3")).isZero();

        assertThat(out.toString().lines()).hasSize(3);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void findsFilesByTheirKeysInTheStoreOfAConfiguration() throws Exception {
        writeSession(7, 2);
        Path configuration = configuration("{ type: local, path: \"%s\" }".formatted(folder));

        assertThat(cat("telemetry/7.parquet", "--config", configuration.toString(), "--columns", "time"))
                .isZero();

        assertThat(out).hasToString("{\"time\":0.0}\n{\"time\":1.0}\n");
        assertThat(folder).isDirectoryNotContaining("glob:**/.alluvium-*");
    }

    @Test
    void looksNowhereOutsideOfAStore() throws Exception {
        Path configuration = configuration("{ type: local, path: \"%s\" }".formatted(folder));

        assertThat(cat("../" + folder.getFileName(), "--config", configuration.toString()))
                .isEqualTo(1);

        assertThat(err.toString()).startsWith("alluvium: unsafe object key").hasLineCount(1);
    }

    // ---- what goes wrong -------------------------------------------------------------------------------------------

    @Test
    void saysInOneLineThatThereIsNoFile() {
        assertThat(cat(folder.resolve("absent").toString())).isEqualTo(1);

        assertThat(err)
                .hasToString("alluvium: there is no file absent in file:" + folder
                        + ", and none that begins so and ends in .parquet\n");
    }

    @Test
    void saysInOneLineThatAFileIsDamaged() throws Exception {
        writeSession(1, 3);
        Path file = folder.resolve("telemetry/1.parquet");
        byte[] bytes = Files.readAllBytes(file);
        bytes[20] ^= 1;
        Files.write(file, bytes);

        assertThat(cat(folder.toString())).isEqualTo(1);

        assertThat(err.toString()).matches("alluvium: data file \\S*1\\.parquet: .*\\R");
    }

    @Test
    void saysInOneLineThatAFileIsNone() throws Exception {
        Path file = Files.writeString(folder.resolve("a.parquet"), "no Parquet at all");

        assertThat(cat(file.toString())).isEqualTo(1);

        assertThat(err.toString())
                .startsWith("alluvium: data file ")
                .endsWith("a.parquet: not a Parquet file: it does not end with PAR1\n")
                .hasLineCount(1);
    }

    @Test
    void refusesAColumnThatNoFileHas() throws Exception {
        writeSession(1, 1);

        assertThat(cat(folder.resolve("telemetry/1.parquet").toString(), "--columns", "time,tiem"))
                .isEqualTo(2);
        assertThat(cat(folder.toString(), "--columns", "time,tiem")).isEqualTo(2);

        assertThat(err.toString().lines())
                .satisfiesExactly(
                        one -> assertThat(one)
                                .startsWith("alluvium: no column tiem in 1.parquet; there are lap_number, time, "),
                        all -> assertThat(all).startsWith("alluvium: no column tiem in any of the files;"));
        assertThat(out).as("of the second call").hasToString("{\"time\":0.0,\"tiem\":null}\n");
    }

    @Test
    void doesNotTakeAColumnForAMistakeThatFilesBehindTheLimitMayHave() throws Exception {
        writeSession(1, 3);
        writeSession(2, 3);
        writeSession(3, 3);

        assertThat(cat(folder.toString(), "--columns", "time,oil_temp", "--limit", "4"))
                .isZero();
        assertThat(cat(folder.toString(), "--columns", "time,oil_temp", "--limit", "0"))
                .isZero();

        assertThat(out.toString().lines()).hasSize(4);
        assertThat(err).hasToString("alluvium: no column oil_temp in the 2 of 3 files that were read\n");
        assertThat(cat(folder.toString(), "--columns", "time,oil_temp", "--limit", "9"))
                .as("with all files read")
                .isEqualTo(2);
    }

    @Test
    void endsQuietlyWhenNobodyReadsOn() throws Exception {
        writeSession(1, 20_000);
        long[] written = {0};
        OutputStream pipe = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                written[0] += length;
                if (written[0] > 10_000) {
                    throw new IOException("Broken pipe");
                }
            }
        };

        int code = commands(new PrintWriter(pipe, true, StandardCharsets.UTF_8))
                .execute("cat", folder.resolve("telemetry/1.parquet").toString());

        assertThat(code).isZero();
        assertThat(written[0]).as("bytes of more than two million").isLessThan(500_000);
        assertThat(err.toString()).isEmpty();
    }

    // ---- what all need ---------------------------------------------------------------------------------------------

    private void writeSession(long session, int samples) throws IOException {
        WriterSettings settings = new WriterSettings(Codec.SNAPPY, 1, 16 << 10, 4 << 10, 1_000);
        new Archived(
                        new TelemetryDecoder(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, false), 0),
                        TelemetryRecord.getDescriptor())
                .with(settings)
                .write(
                        folder,
                        group -> "telemetry/" + session + ".parquet",
                        0,
                        IntStream.range(0, samples)
                                .mapToObj(i -> TelemetryRecord.newBuilder()
                                        .setSample(TelemetrySample.newBuilder()
                                                .setSessionId(session)
                                                .setTime(i))
                                        .build()
                                        .toByteArray())
                                .toList());
    }

    private Path configuration(String storage) throws IOException {
        return Files.writeString(folder.resolve("alluvium.yaml"), """
                application: reading
                kafka: { bootstrap.servers: "localhost:1" }
                storage: %s
                pipelines:
                  - name: deltas
                    source: { topics: [deltas] }
                    data: { type: delta, gateway: gw-1 }
                """.formatted(storage));
    }

    private int cat(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "cat";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return commands(new PrintWriter(out, true)).execute(all);
    }

    private CommandLine commands(PrintWriter output) {
        return Main.commands(
                Map.of(),
                (configuration, drain) -> {
                    throw new AssertionError("run was not asked for");
                },
                (records, directory, json) -> {
                    throw new AssertionError("demo was not asked for");
                },
                output,
                new PrintWriter(err, true));
    }

    @Test
    void printsOneObjectALine() throws Exception {
        writeSession(1, 2);

        cat(folder.resolve("telemetry/1.parquet").toString());

        ObjectMapper json = new ObjectMapper();
        for (String line : out.toString().lines().toList()) {
            JsonNode row = json.readTree(line);
            assertThat(row.fieldNames())
                    .toIterable()
                    .hasSize(13)
                    .containsSubsequence("lap_number", "time", "speed", "glong");
        }
        assertThat(out.toString().lines()).hasSize(2);
    }
}
