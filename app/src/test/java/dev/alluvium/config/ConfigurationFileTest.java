package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alluvium.batch.LateSettings;
import dev.alluvium.batch.MetadataColumns;
import dev.alluvium.batch.RotationSettings;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.ProtobufSettings;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.decode.TelemetrySettings;
import dev.alluvium.ops.OpsSettings;
import dev.alluvium.parquet.WriterSettings;
import dev.alluvium.parquet.WriterSettings.Codec;
import dev.alluvium.registry.RegistrySettings.Basic;
import dev.alluvium.schema.DeltaColumn;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.storage.StorageSettings;
import dev.alluvium.topology.DataSettings;
import dev.alluvium.topology.PipelineSettings;
import dev.alluvium.topology.SourceSettings.GapPolicy;
import dev.alluvium.topology.StartPosition;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {
    private static final String SMALLEST = """
            application: shop
            kafka: { bootstrap.servers: "localhost:9092" }
            storage: { type: local, path: /data/archive }
            pipelines:
              - name: deltas
                source: { topics: [lakesync.deltas] }
                data: { type: delta, gateway: gw-1 }
            """;

    @TempDir
    Path folder;

    @Test
    void givesDefaultsToAllThatIsLeftOut() throws Exception {
        Configuration configuration = parse(SMALLEST);

        assertThat(configuration.storage()).isEqualTo(new StorageSettings.Local(Path.of("/data/archive")));
        assertThat(configuration.ops()).isEqualTo(new OpsSettings("127.0.0.1", 8080));
        assertThat(configuration.application().name()).isEqualTo("shop");
        assertThat(configuration.application().kafka())
                .containsExactly(Map.entry("bootstrap.servers", "localhost:9092"));
        assertThat(configuration.application().memoryBudgetBytes()).isEqualTo(256L << 20);
        assertThat(configuration.application().spoolLimitBytes()).isEqualTo(10L << 30);
        assertThat(configuration.application().drainTimeout()).isEqualTo(Duration.ofMinutes(1));
        PipelineSettings deltas = configuration.application().pipelines().get(0);
        assertThat(deltas.enabled()).isTrue();
        assertThat(deltas.threads()).isEqualTo(1);
        assertThat(deltas.source().start()).isEqualTo(new StartPosition.Earliest());
        assertThat(deltas.source().onGap()).isEqualTo(GapPolicy.STOP);
        assertThat(deltas.writer()).isEqualTo(WriterSettings.DEFAULT);
        assertThat(deltas.rotation()).isEqualTo(RotationSettings.DEFAULT);
        assertThat(deltas.maxOpenGroups()).isEqualTo(1000);
        assertThat(deltas.deadLetterTopic()).isEqualTo("shop-deltas-dead-letters");
        assertThat(deltas.manifestTopic()).isEqualTo("shop-deltas-manifest");
        assertThat(deltas.keyTemplate())
                .isEqualTo("deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.parquet");
        assertThat(deltas.cutOnShutdown()).isFalse();
    }

    @Test
    void bindsEveryKeyOfAPipeline() throws Exception {
        PipelineSettings pipeline = parse("""
                        application: shop
                        storage: { type: local, path: archive }
                        pipelines:
                          - name: telemetry
                            enabled: false
                            threads: 3
                            kafka: { bootstrap.servers: "b:9092", max.poll.records: 500 }
                            source:
                              pattern: "telemetry\\\\..*"
                              start: 2026-01-01T00:00:00Z
                              onGap: continue
                              compacted: [telemetry.last]
                            data: { type: telemetry, coordinates: false }
                            files: { key: "t/{session}-{firstOffset}.parquet", codec: gzip, level: 9, rowGroup: 32MiB, page: 64kB }
                            rotation: { rows: 1000, bytes: off, age: off, idle: 1h30m, streamTime: 2d }
                            openGroups: 7
                            deadLetters: { topic: bad }
                            manifest: { topic: files }
                            cutOnShutdown: true
                          - name: other
                            kafka: { bootstrap.servers: "b:9092" }
                            source: { topics: [other] }
                            data: { type: protobuf, message: lakesync.v1.Action }
                        """).application().pipelines().get(0);

        assertThat(pipeline.enabled()).isFalse();
        assertThat(pipeline.threads()).isEqualTo(3);
        assertThat(pipeline.kafka()).containsEntry("max.poll.records", "500");
        assertThat(pipeline.source().topics()).isEmpty();
        assertThat(pipeline.source().pattern()).asString().isEqualTo("telemetry\\..*");
        assertThat(pipeline.source().start()).isEqualTo(new StartPosition.At(Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(pipeline.source().onGap()).isEqualTo(GapPolicy.CONTINUE);
        assertThat(pipeline.source().compacted()).containsExactly("telemetry.last");
        assertThat(pipeline.data())
                .isEqualTo(new DataSettings.Telemetry(new TelemetrySettings(TelemetrySettings.Form.ENVELOPE, false)));
        assertThat(pipeline.keyTemplate()).isEqualTo("t/{session}-{firstOffset}.parquet");
        assertThat(pipeline.writer()).isEqualTo(new WriterSettings(Codec.GZIP, 9, 32 << 20, 64_000, 20_000));
        assertThat(pipeline.rotation())
                .isEqualTo(new RotationSettings(1000L, null, null, Duration.ofMinutes(90), Duration.ofDays(2)));
        assertThat(pipeline.maxOpenGroups()).isEqualTo(7);
        assertThat(pipeline.deadLetterTopic()).isEqualTo("bad");
        assertThat(pipeline.manifestTopic()).isEqualTo("files");
        assertThat(pipeline.cutOnShutdown()).isTrue();
    }

    @Test
    void startsWhereAnotherGroupStopped() throws Exception {
        String text = SMALLEST.replace("source: {", "source: { start: { group: connect-old },");
        assertThat(text).isNotEqualTo(SMALLEST);

        assertThat(parse(text).application().pipelines().get(0).source().start())
                .isEqualTo(new StartPosition.Group("connect-old"));
    }

    @Test
    void bindsBatchesOfDeltasAndFlushEnvelopes() throws Exception {
        PipelineSettings pipeline = parse(
                        SMALLEST.replace("gateway: gw-1 }", "gateway: gw-1, message: lakesync.v1.SyncPush }")
                                + "    files: { format: json }\n")
                .application()
                .pipelines()
                .get(0);

        assertThat(pipeline.keyTemplate())
                .isEqualTo("deltas/{date}/{gateway}/{table}-{minHlc}-{maxHlc}-{partition}-{firstOffset}.json");
        assertThat(pipeline.writer().format()).isEqualTo(WriterSettings.Format.JSON);
        assertThat(pipeline.data())
                .isInstanceOfSatisfying(
                        DataSettings.Deltas.class,
                        deltas -> assertThat(deltas.settings().form()).isEqualTo(DeltaSettings.Form.PUSH));
    }

    @Test
    void bindsTheMappingOfAMessage() throws Exception {
        String message =
                SMALLEST.replace("type: delta, gateway: gw-1", "type: protobuf, message: lakesync.v1.Action KEYS");

        assertThat(mapping(message.replace("KEYS", ""))).isEqualTo(ProtobufMapping.DEFAULT);
        assertThat(mapping(message.replace("KEYS", ", timestamps: nanos, depth: 5")))
                .isEqualTo(new ProtobufMapping(5, ProtobufMapping.Times.NANOS));
    }

    /** Columns: keys of protobuf data, and the default key that follows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "depth: 3 | {message}/{date}/{topic}-{partition}-{firstOffset}.parquet",
                "partitionBy: [] | {message}/{topic}-{partition}-{firstOffset}.parquet",
                "layout: hive | {pipeline}/year={year}/month={month}/day={day}/{topic}-{partition}-{firstOffset}.parquet",
                "late: { after: 1h } | {message}/{date}/{topic}-{partition}-{firstOffset}{late}.parquet",
                "layout: hive, partitionBy: [] | {pipeline}/{topic}-{partition}-{firstOffset}.parquet",
                "partitionBy: [{ by: year }] | {message}/{year}/{topic}-{partition}-{firstOffset}.parquet",
                "partitionBy: [{ by: month }] | {message}/{year}-{month}/{topic}-{partition}-{firstOffset}.parquet",
                "partitionBy: [{ by: hour }] | {message}/{date}/{hour}/{topic}-{partition}-{firstOffset}.parquet",
                "layout: hive, partitionBy: [{ by: value, field: table, as: t }, { by: month }]"
                        + " | {pipeline}/t={t}/year={year}/month={month}/{topic}-{partition}-{firstOffset}.parquet",
                "layout: hive, partitionBy: [{ by: range, field: hlc, size: 10 }], range: { field: hlc }"
                        + " | {pipeline}/range={range}/{topic}-{min}-{max}-{partition}-{firstOffset}.parquet",
            })
    void makesTheDefaultKeyOfWhatDividesMessages(String keys, String template) throws Exception {
        String text = SMALLEST.replace(
                "type: delta, gateway: gw-1", "type: protobuf, message: lakesync.v1.RowDelta, " + keys);

        assertThat(parse(text).application().pipelines().get(0).keyTemplate()).isEqualTo(template);
    }

    @Test
    void bindsWhatRowsSayOfTheirRecordsAndWhenSlicesAreComplete() throws Exception {
        String text = SMALLEST.replace(
                "type: delta, gateway: gw-1",
                "type: protobuf, message: lakesync.v1.Action, coordinates: false, metadata: [headers, offset],"
                        + " tombstones: reject, late: { after: 1h, keep: 5m }");

        PipelineSettings pipeline = parse(text).application().pipelines().get(0);
        assertThat(pipeline.metadata())
                .isEqualTo(MetadataColumns.of(List.of(MetadataColumns.Part.OFFSET, MetadataColumns.Part.HEADERS)));
        assertThat(pipeline.late()).isEqualTo(new LateSettings(Duration.ofHours(1), Duration.ofMinutes(5)));
        assertThat(((DataSettings.Protobuf) pipeline.data()).settings().tombstones())
                .isEqualTo(ProtobufSettings.Tombstones.REJECT);
        PipelineSettings other = parse(SMALLEST).application().pipelines().get(0);
        assertThat(other.metadata()).isEqualTo(MetadataColumns.NONE);
        assertThat(other.late()).isNull();
    }

    @Test
    void bindsWhenSlicesOfRecordsOfARegistryAreComplete() throws Exception {
        String text = SMALLEST.replace(
                "type: delta, gateway: gw-1",
                "type: protobuf, registry: { url: 'http://a' }, late: { after: 1h, keep: 5m }");

        PipelineSettings pipeline = parse(text).application().pipelines().get(0);
        assertThat(pipeline.late()).isEqualTo(new LateSettings(Duration.ofHours(1), Duration.ofMinutes(5)));
        assertThat(pipeline.keyTemplate())
                .isEqualTo("{message}/{date}/{topic}-{partition}-{firstOffset}{late}.parquet");
    }

    @Test
    void dropsSlashesThatMeanNothingFromKeysAndPrefixes() throws Exception {
        String text = SMALLEST.replace("gw-1 }", "gw-1 }\n    files: { key: '//a//b/{date}.parquet' }")
                .replace("type: local, path: /data/archive", "type: s3, bucket: abc, prefix: '//a//b/'");

        Configuration configuration = parse(text);
        assertThat(configuration.application().pipelines().get(0).keyTemplate()).isEqualTo("a/b/{date}.parquet");
        assertThat(((StorageSettings.S3) configuration.storage()).prefix()).isEqualTo("a/b");
    }

    @Test
    void bindsARegistryAndShowsNoneOfItsSecrets() throws Exception {
        String registry = SMALLEST.replace("type: delta, gateway: gw-1", "type: protobuf, registry: { KEYS }");

        DataSettings plain = parse(registry.replace("KEYS", "url: 'https://a:1/x , http://b'"))
                .application()
                .pipelines()
                .get(0)
                .data();
        DataSettings secret = parse(registry.replace("KEYS", "url: 'http://b', username: me, password: s3cret"))
                .application()
                .pipelines()
                .get(0)
                .data();

        assertThat(((DataSettings.Registry) plain).registry().urls())
                .containsExactly(URI.create("https://a:1/x"), URI.create("http://b"));
        assertThat(((DataSettings.Registry) plain).settings().message()).isEmpty();
        assertThat(((DataSettings.Registry) plain).settings().onUnknown()).isEqualTo(Policy.STOP);
        assertThat(((DataSettings.Registry) secret).registry().credentials()).contains(new Basic("me", "s3cret"));
        assertThat(secret.toString()).contains("me").doesNotContain("s3cret");
    }

    private ProtobufMapping mapping(String text) throws Exception {
        DataSettings data = parse(text).application().pipelines().get(0).data();
        return ((DataSettings.Protobuf) data).settings().mapping();
    }

    @Test
    void keepsTheDeclaredOrderOfTablesAndColumns() throws Exception {
        DataSettings data = parse(SMALLEST.replace(
                        "gateway: gw-1", "gateway: gw-1, tables: { b: { z: json, a: null }, a: { x: number } }"))
                .application()
                .pipelines()
                .get(0)
                .data();

        assertThat(((DataSettings.Deltas) data).settings().tables())
                .extracting(table -> table.table() + table.columns())
                .containsExactly(
                        "b"
                                + List.of(
                                        new DeltaColumn("z", DeltaColumn.Type.JSON),
                                        new DeltaColumn("a", DeltaColumn.Type.NULL)),
                        "a" + List.of(new DeltaColumn("x", DeltaColumn.Type.NUMBER)));
    }

    @Test
    void putsInVariablesDefaultsAndFilesInsideAnyScalar() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "p\"a$s${s: w\n");

        Configuration configuration = ConfigurationFile.parse(
                "a.yaml",
                SMALLEST.replace(
                        "\"localhost:9092\"",
                        "\"${HOST}:${PORT:-9092}\", sasl.jaas.config: 'x password=${file:" + secret
                                + "} $${HOST}', empty: '${EMPTY:-filled}'"),
                Map.of("HOST", "broker", "EMPTY", ""));

        assertThat(configuration.application().kafka())
                .containsEntry("bootstrap.servers", "broker:9092")
                .containsEntry("sasl.jaas.config", "x password=p\"a$s${s: w ${HOST}")
                .containsEntry("empty", "filled");
    }

    @Test
    void neverRepeatsASubstitutedValueInAMessage() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hunter2\n");
        String text = SMALLEST.replace("gw-1 }", "gw-1 }\n    threads: ${file:" + secret + "}\n    openGroups: ${N}");

        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class,
                () -> ConfigurationFile.parse("a.yaml", text, Map.of("N", "hunter3", "VISIBLE", "x")));

        assertThat(failure.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "a.yaml:8: pipelines[0].threads: \"${file:" + secret
                                + "}\" (as substituted) is not a whole number",
                        "a.yaml:9: pipelines[0].openGroups: \"${N}\" (as substituted) is not a whole number");
    }

    @Test
    void saysThatAFileIsMissing() {
        Path file = folder.resolve("nowhere.yaml");

        assertThat(problemsOf(() -> ConfigurationFile.read(file, Map.of()))).containsExactly(file + ": no such file");
    }

    @Test
    void saysThatAFileIsNotText() throws IOException {
        Path file = Files.write(folder.resolve("a.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(problemsOf(() -> ConfigurationFile.read(file, Map.of()))).containsExactly(file + ": not UTF-8 text");
    }

    private static List<String> problemsOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(ConfigurationException.class, call).problems().stream()
                .map(Problem::toString)
                .toList();
    }

    private static Configuration parse(String text) throws ConfigurationException {
        return ConfigurationFile.parse("a.yaml", text, Map.of());
    }
}
