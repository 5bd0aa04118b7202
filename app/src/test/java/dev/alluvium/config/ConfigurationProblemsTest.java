package dev.alluvium.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every message, with its path and line. */
class ConfigurationProblemsTest {
    private static final String GOOD = """
            application: shop
            kafka:
              bootstrap.servers: "localhost:9092"
            storage: { type: local, path: archive }
            memory: { budget: 256 MiB }
            pipelines:
              - name: deltas
                threads: 1
                source:
                  topics: [lakesync.deltas]
                  start: earliest
                data:
                  type: delta
                  gateway: gw-1
                  coordinates: true
                  tables: { todos: { title: string } }
                files:
                  codec: zstd
                  level: 3
                  page: 1 MiB
                rotation:
                  rows: 1000
                  age: 10m
            """;

    private static final String PROTOBUF = """
            application: shop
            kafka: { bootstrap.servers: "localhost:9092" }
            storage: { type: local, path: archive }
            pipelines:
              - name: any
                source: { topics: [in] }
                data: { type: protobuf, KEYS }
            """;

    /** Columns: the text of the good file to change, what to make of it, and the one line that must come of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "age: 10m | age: 10x | 23: pipelines[0].rotation.age: \"10x\" is not a duration; write 90s, 10m or 1h30m",
                "age: 10m | age: 10 | 23: pipelines[0].rotation.age: \"10\" is not a duration; write 90s, 10m or 1h30m",
                "age: 10m | age: 0s | 21: pipelines[0].rotation: rotation age must be positive, not PT0S",
                "age: 10m | bytes: off, age: off | 23: : not YAML: mapping values are not allowed here",
                "1 MiB | 1 Mib | 20: pipelines[0].files.page: \"1 Mib\" is not a size; write 4096, 64kB, 128 MiB or 1GiB",
                "1 MiB | 300MiB | 20: pipelines[0].files.page: \"300MiB\" is not a size from 1 KiB to 256 MiB",
                "1 MiB | 99999999999999 TiB | 20: pipelines[0].files.page: \"99999999999999 TiB\" is too large a size",
                "rows: 1000 | rows: many | 22: pipelines[0].rotation.rows: \"many\" is not a whole number",
                "threads: 1 | threads: 1.5 | 8: pipelines[0].threads: \"1.5\" is not a whole number",
                "threads: 1 | threads: 0 | 8: pipelines[0].threads: \"0\" is not a number from 1 to 256",
                "threads: 1 | threads: [1] | 8: pipelines[0].threads: needs a single value, not a list",
                "threads: 1 | threads: | 8: pipelines[0].threads: needs a single value, not nothing",
                "threads: 1 | threads: !int 1 | 8: pipelines[0].threads: needs a single value, not the tag !int",
                "threads: 1 | thread: 1 | 8: pipelines[0].thread: unknown key; did you mean \"threads\"?",
                "threads: 1 | xyzzyx: 1 | 8: pipelines[0].xyzzyx: unknown key; known here: cutOnShutdown, data, deadLetters, enabled, files, kafka, manifest, name, openGroups, rotation, source, threads",
                "threads: 1 | name: b | 8: pipelines[0].name: duplicate key; the other one is in line 7",
                "threads: 1 | ? [a] : b | 8: pipelines[0]: a key must be a plain word",
                "threads: 1 | enabled: yes | 8: pipelines[0].enabled: \"yes\" is none of false, true",
                "threads: 1 | cutOnShutdown: 1 | 8: pipelines[0].cutOnShutdown: \"1\" is none of false, true",
                "threads: 1 | openGroups: ${GROUPS} | 8: pipelines[0].openGroups: variable GROUPS is not set; set it, or write ${GROUPS:-default}",
                "threads: 1 | openGroups: ${A B} | 8: pipelines[0].openGroups: has a bad variable name \"A B\"; write ${VAR}, ${VAR:-default} or ${file:PATH}",
                "threads: 1 | openGroups: ${GROUPS | 8: pipelines[0].openGroups: has a \"${\" without \"}\"; write \"$${\" for the characters \"${\"",
                "threads: 1 | openGroups: ${file:/no/such} | 8: pipelines[0].openGroups: file /no/such cannot be read",
                "threads: 1 | kafka: { acks: 1 } | 8: pipelines[0].kafka.acks: cannot be set: the guarantee rests on it",
                "threads: 1 | kafka: { a: [1] } | 8: pipelines[0].kafka.a: needs a single value, not a list",
                "threads: 1 | kafka: x | 8: pipelines[0].kafka: needs keys and values, not a single value",
                "threads: 1 | deadLetters: { topic: lakesync.deltas } | 8: pipelines[0].deadLetters.topic: \"lakesync.deltas\" is also a source of pipelines[0]",
                "threads: 1 | manifest: { topic: lakesync.deltas } | 8: pipelines[0].manifest.topic: \"lakesync.deltas\" is also a source of pipelines[0]",
                "threads: 1 | manifest: { topic: shop-deltas-dead-letters } | 8: pipelines[0].manifest.topic: \"shop-deltas-dead-letters\" is the dead-letter topic too",
                "threads: 1 | manifest: { topic: a b } | 8: pipelines[0].manifest.topic: \"a b\" is not a topic name; write at most 249 of a-z A-Z 0-9 . _ -",
                "name: deltas | name: a/b | 7: pipelines[0].name: \"a/b\" is not a name; write at most 80 of a-z A-Z 0-9 . _ - and begin with a letter or digit",
                "name: deltas | enabled: true | 7: pipelines[0].name: missing",
                "application: shop | uploads: { threads: 1 } | 1: application: missing",
                "bootstrap.servers | client.rack | 7: pipelines[0].kafka: no bootstrap.servers, here or in the kafka properties of the file",
                "bootstrap.servers: | bootstrap.servers: x, processing.guarantee: | 3: : not YAML: mapping values are not allowed here",
                "type: local, | path: a, | 4: storage.type: missing",
                "type: local, | type: ftp, | 4: storage.type: \"ftp\" is none of gcs, local, s3",
                "path: archive | pat: archive | 4: storage.pat: unknown key; did you mean \"path\"?",
                "budget: 256 MiB | budget: 1 MiB | 5: memory.budget: \"1 MiB\" is not a size from 16 MiB to 1024 TiB",
                "memory: { budget: 256 MiB } | ops: { port: 70000 } | 5: ops.port: \"70000\" is not a number from 0 to 65535",
                "memory: { budget: 256 MiB } | ops: { host: '' } | 5: ops: ops.host is empty",
                "memory: { budget: 256 MiB } | shutdown: { timeout: soon } | 5: shutdown.timeout: \"soon\" is not a duration; write 90s, 10m or 1h30m",
                "memory: { budget: 256 MiB } | spool: { path: ./state/spool } | 5: spool.path: the spool and state.path must not contain each other",
                "memory: { budget: 256 MiB } | spool: { limit: 1 } | 5: spool.limit: \"1\" is not a size from 1 MiB to 1048576 TiB",
                "topics: [lakesync.deltas] | topics: lakesync.deltas | 10: pipelines[0].source.topics: needs a list, not a single value",
                "topics: [lakesync.deltas] | topics: [a, a] | 10: pipelines[0].source.topics: names \"a\" twice",
                "topics: [lakesync.deltas] | topics: [a, '..'] | 10: pipelines[0].source.topics[1]: \"..\" is not a topic name; write at most 249 of a-z A-Z 0-9 . _ -",
                "topics: [lakesync.deltas] | topics: [] | 9: pipelines[0].source: a source needs either topics or a pattern",
                "topics: [lakesync.deltas] | pattern: 'a(' | 10: pipelines[0].source.pattern: \"a(\" is not a regular expression: Unclosed group",
                "start: earliest | pattern: b | 9: pipelines[0].source: a source needs either topics or a pattern",
                "start: earliest | start: yesterday | 11: pipelines[0].source.start: \"yesterday\" is not a start; write earliest, latest, 2026-01-01T00:00:00Z, {offsets: FILE} or {group: NAME}",
                "start: earliest | start: { offset: a } | 11: pipelines[0].source.start.offset: unknown key; did you mean \"offsets\"?",
                "start: earliest | start: {} | 11: pipelines[0].source.start: needs either offsets or group",
                "start: earliest | start: { offsets: a, group: b } | 11: pipelines[0].source.start: needs either offsets or group",
                "start: earliest | onMissing: create | 11: pipelines[0].source.onMissing: \"create\" is none of fail, wait",
                "start: earliest | onGap: skip | 11: pipelines[0].source.onGap: \"skip\" is none of continue, stop",
                "type: delta | type: json | 13: pipelines[0].data.type: \"json\" is none of delta, protobuf, telemetry",
                "gateway: gw-1 | gateway: a/b | 14: pipelines[0].data.gateway: \"a/b\" is not a gateway; write at most 128 of a-z A-Z 0-9 . _ -",
                "coordinates: true | undeclared: drop | 15: pipelines[0].data.undeclared: \"drop\" is none of keep, reject",
                "coordinates: true | clockDrift: no | 15: pipelines[0].data.clockDrift: \"no\" is none of count, reject",
                "title: string | title: text | 16: pipelines[0].data.tables.todos.title: \"text\" is none of string, number, boolean, json, null",
                "title: string | 1st: string | 16: pipelines[0].data.tables.todos.1st: \"1st\" is no column name: a letter or _, then at most 63 letters, digits or _",
                "title: string | hlc: string | 16: pipelines[0].data.tables.todos.hlc: every delta file has a column of this name already; left undeclared, its values are kept in _extra",
                "todos: { | to-dos: { | 16: pipelines[0].data.tables.to-dos: \"to-dos\" is no table name: a letter or _, then at most 63 letters, digits or _",
                "codec: zstd | codec: lzo | 18: pipelines[0].files.codec: \"lzo\" is none of gzip, none, snappy, zstd",
                "codec: zstd | codec: snappy | 19: pipelines[0].files.level: cannot be set: only zstd and gzip have levels",
                "level: 3 | level: 30 | 19: pipelines[0].files.level: \"30\" is not a number from 1 to 22",
                "codec: zstd | format: csv | 18: pipelines[0].files.format: \"csv\" is none of json, parquet",
                "level: 3 | key: 'a/{table}.json' | 19: pipelines[0].files.key: ends in .json, but format is parquet",
                "coordinates: true | message: lakesync.v1.Sync | 15: pipelines[0].data.message: \"lakesync.v1.Sync\" is none of lakesync.v1.RowDelta, lakesync.v1.SyncPush, lakesync.v1.SyncResponse",
                "level: 3 | key: '{tabel}' | 19: pipelines[0].files.key: \"{tabel}\" has the unknown placeholder {tabel}; did you mean \"table\"?",
                "level: 3 | key: '{session}' | 19: pipelines[0].files.key: \"{session}\" has the unknown placeholder {session}; known here: date, day, endOffset, firstOffset, gateway, lastOffset, maxHlc, maxTimestamp, minHlc, minTimestamp, month, partition, pipeline, records, table, topic, year",
                "level: 3 | key: '{table' | 19: pipelines[0].files.key: \"{table\" has a brace without its other half",
                "level: 3 | key: '{table}/' | 19: pipelines[0].files.key: \"{table}/\" is not a relative key; write names with / between them, and neither . nor ..",
                "level: 3 | key: '.{table}/x' | 19: pipelines[0].files.key: \".{table}/x\" is not a key that stores take; begin with no . and have neither back-slash nor control character",
                "level: 3 | key: 'a\\{table}' | 19: pipelines[0].files.key: \"a\\{table}\" is not a key that stores take; begin with no . and have neither back-slash nor control character",
                "level: 3 | key: 'a/../{table}' | 19: pipelines[0].files.key: \"a/../{table}\" is not a relative key; write names with / between them, and neither . nor ..",
            })
    void saysWhatIsWrongAndWhere(String good, String bad, String message) {
        assertThat(GOOD).contains(good);

        assertThat(problemsOf(GOOD.replace(good, bad == null ? "" : bad)))
                .contains(("a.yaml:" + message).replace(": : ", ": "));
    }

    @Test
    void reportsEverythingAtOnceInTheOrderOfTheLines() {
        String bad = """
                applicaton: shop
                kafka: { processing.guarantee: at_least_once, consumer.auto.offset.reset: latest }
                storage: { type: local }
                memory: { budget: much }
                pipelines:
                  - name: a
                    source: { topics: [in], pattern: x }
                    data: { type: delta }
                    rotation: { bytes: off, age: off }
                  - name: a
                    source: { topics: [other] }
                    data: { type: telemetry, coordinates: maybe }
                    files: { key: "{table}/x" }
                """;

        assertThat(problemsOf(bad))
                .containsExactly(
                        "a.yaml:1: application: missing",
                        "a.yaml:1: applicaton: unknown key; did you mean \"application\"?",
                        "a.yaml:2: kafka.processing.guarantee: cannot be set: the guarantee rests on it",
                        "a.yaml:2: kafka.consumer.auto.offset.reset: cannot be set: set the pipeline's source.start",
                        "a.yaml:3: storage.path: missing",
                        "a.yaml:4: memory.budget: \"much\" is not a size; write 4096, 64kB, 128 MiB or 1GiB",
                        "a.yaml:7: pipelines[0].source: a source needs either topics or a pattern",
                        "a.yaml:8: pipelines[0].data.gateway: missing",
                        "a.yaml:9: pipelines[0].rotation: rotation needs a limit: without one no file is ever finished",
                        "a.yaml:10: pipelines[1].name: \"a\" is the name of pipelines[0] too",
                        "a.yaml:12: pipelines[1].data.coordinates: \"maybe\" is none of false, true",
                        "a.yaml:13: pipelines[1].files.key: \"{table}/x\" has the unknown placeholder {table}; "
                                + "known here: endOffset, firstOffset, lastOffset, maxTimestamp, minTimestamp, partition, "
                                + "pipeline, records, session, topic");
    }

    /** Columns: keys of protobuf data, and the one line that must come of it. */
    @Test
    void refusesWhatAFlushEnvelopeIsNot() {
        assertThat(problemsOf(
                        PROTOBUF.replace("KEYS", "message: lakesync.v1.Action") + "    files: { format: json }\n"))
                .containsExactly("a.yaml:8: pipelines[0].files.format: json is for data of type delta");
        assertThat(problemsOf(GOOD.replace("  codec: zstd", "  format: json")
                        .replace("level: 3", "key: 'a/{table}.parquet'")))
                .containsExactlyInAnyOrder(
                        "a.yaml:19: pipelines[0].files.key: must end in .json, as format is json",
                        "a.yaml:20: pipelines[0].files.page: cannot be set: only Parquet has it, and format is json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "coordinates: true | pipelines[0].data.message: missing",
                "message: a-b | pipelines[0].data.message: \"a-b\" is not the name of a message; write its full name, package.Message",
                "message: lakesync.v1.RowDelta, descriptorSet: /no/such.desc | pipelines[0].data.descriptorSet: descriptor set /no/such.desc does not exist",
                "message: lakesync.v1.RowDelta, timestamps: millis | pipelines[0].data.timestamps: \"millis\" is none of micros, nanos",
                "message: lakesync.v1.RowDelta, depth: 0 | pipelines[0].data.depth: \"0\" is not a number from 1 to 100",
                "message: lakesync.v1.RowDelta, gateway: a | pipelines[0].data.gateway: unknown key; known here: columns, coordinates, depth, descriptorSet, late, layout, message, metadata, partitionBy, range, required, timestamps, tombstones, type",
                "registry: {} | pipelines[0].data.registry.url: missing",
                "registry: { url: 'http://a:1' }, descriptorSet: a | pipelines[0].data.descriptorSet: the schemas come from the registry; leave one of them out",
                "registry: { url: 'a:1' } | pipelines[0].data.registry: a:1 is not an address; write https://schemas.example.com:8081",
                "registry: { url: 'http://a:1 b' } | pipelines[0].data.registry.url: \"http://a:1 b\" is not an address; write https://schemas.example.com:8081",
                "registry: { url: 'http://me:secret@a' } | pipelines[0].data.registry: the url must not hold a password: write username and password",
                "registry: { url: 'http://me:secret@schema_registry' } | pipelines[0].data.registry: the url must not hold a password: write username and password",
                "registry: { url: 'http://me:se cret@a' } | pipelines[0].data.registry: the url must not hold a password: write username and password",
                "registry: { url: 'http://a', password: secret } | pipelines[0].data.registry: username and password are for each other; write both or neither",
                "registry: { url: 'http://a', username: b, password: secret, token: secret } | pipelines[0].data.registry: takes either username and password or token",
                "registry: { url: 'http://a', onUnknownSchema: skip } | pipelines[0].data.registry.onUnknownSchema: \"skip\" is none of reject, stop",
                "registry: { url: 'http://a' }, metadata: [key, offset] | pipelines[0].data.metadata: _offset is one of the coordinates: set coordinates: false",
                "registry: { url: 'http://a', usernam: b } | pipelines[0].data.registry.usernam: unknown key; did you mean \"username\"?",
            })
    void saysWhatIsWrongWithProtobufData(String keys, String message) {
        assertThat(problemsOf(PROTOBUF.replace("KEYS", keys))).containsExactly("a.yaml:7: " + message);
    }

    /** Columns: what messages are divided by, and the one line that must come of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "partitionBy: day | partitionBy: needs a list, not a single value",
                "partitionBy: [day] | partitionBy[0]: needs keys and values, not a single value",
                "partitionBy: [{ by: week }] | partitionBy[0].by: \"week\" is none of day, hour, month, range, value, year",
                "partitionBy: [{ field: table }] | partitionBy[0].by: missing",
                "partitionBy: [{ by: value }] | partitionBy[0]: a field is needed: the record's time can be year, month, day or hour",
                "partitionBy: [{ by: range, field: hlc }] | partitionBy[0]: a range needs its size",
                "partitionBy: [{ by: value, field: table, size: 5 }] | partitionBy[0]: size is of ranges only",
                "partitionBy: [{ by: day, as: a }] | partitionBy[0]: a time has no other name",
                "partitionBy: [{ by: value, field: table, unit: s }] | partitionBy[0]: unit is of times only",
                "partitionBy: [{ by: day, unit: s }] | partitionBy[0]: the record's own time has no unit to choose: name a field",
                "partitionBy: [{ by: day, field: hlc }] | partitionBy: \"hlc\" is an integer: say with unit what it counts",
                "partitionBy: [{ by: day, field: table, unit: s }] | partitionBy: \"table\" is no integer and has no unit",
                "partitionBy: [{ by: day, field: op }] | partitionBy: lakesync.v1.RowDelta.op is no time: a google.protobuf.Timestamp, an integer or a string is needed",
                "partitionBy: [{ by: range, field: table, size: 5 }] | partitionBy: lakesync.v1.RowDelta.table is no integer and has no ranges",
                "partitionBy: [{ by: value, field: tabel }] | partitionBy: \"tabel\" is no field: lakesync.v1.RowDelta has no \"tabel\"",
                "partitionBy: [{ by: value, field: columns.column }] | partitionBy: \"columns.column\": lakesync.v1.RowDelta.columns is repeated, and one record would belong to many files",
                "partitionBy: [{ by: value, field: table.name }] | partitionBy: \"table.name\" leads through lakesync.v1.RowDelta.table, which is no message",
                "partitionBy: [{ by: value, field: table, as: topic }] | partitionBy[0]: {topic} means something else in keys and footers: choose a name with as",
                "partitionBy: [{ by: value, field: table, as: times }] | partitionBy[0]: {times} means something else in keys and footers: choose a name with as",
                "partitionBy: [{ by: value, field: table, as: sortedBy }] | partitionBy[0]: {sortedBy} means something else in keys and footers: choose a name with as",
                "partitionBy: [{ by: value, field: table, as: alluvium.rows }] | partitionBy[0]: {alluvium.rows} means something else in keys and footers: choose a name with as",
                "partitionBy: [{ by: value, field: table, as: parquet.avro.schema }] | partitionBy[0]: {parquet.avro.schema} means something else in keys and footers: choose a name with as",
                "partitionBy: [{ by: value, field: table }, { by: value, field: table }] | partitionBy: two things are named {table} in keys: give one another name with as",
                "partitionBy: [{ by: day }, { by: hour }] | partitionBy: files are divided by two times: choose one",
                "range: { field: table } | range: lakesync.v1.RowDelta.table is no integer and has no range",
                "metadata: key | metadata: needs a list, not a single value",
                "metadata: [value] | metadata[0]: \"value\" is none of headers, key, offset, partition, timestamp",
                "metadata: [offset] | metadata: _offset is one of the coordinates: set coordinates: false",
                "tombstones: keep | tombstones: \"keep\" is none of reject, row",
                "partitionBy: [], late: { after: 1h } | late: no time divides files, so that none can be late",
                "layout: flat | layout: \"flat\" is none of hive, plain",
            })
    void saysWhatIsWrongWithWhatDividesMessages(String keys, String message) {
        assertThat(problemsOf(PROTOBUF.replace("KEYS", "message: lakesync.v1.RowDelta, " + keys)))
                .containsExactly("a.yaml:7: pipelines[0].data." + message);
    }

    @Test
    void namesTheMessagesThereAreWhenOneIsUnknown() {
        assertThat(problemsOf(PROTOBUF.replace("KEYS", "message: shop.v1.Order")))
                .singleElement()
                .asString()
                .startsWith("a.yaml:7: pipelines[0].data.message: no message shop.v1.Order in the compiled-in messages")
                .contains("lakesync.v1.RowDelta");
    }

    @Test
    void knowsADateOnlyWhereADayDividesMessages() {
        String text = PROTOBUF.replace("KEYS", "message: lakesync.v1.Action, partitionBy: []")
                + "    files: { key: '{date}/{firstOffset}' }\n";

        assertThat(problemsOf(text))
                .singleElement()
                .asString()
                .startsWith(
                        "a.yaml:8: pipelines[0].files.key: \"{date}/{firstOffset}\" has the unknown placeholder {date}");
    }

    @Test
    void refusesAPatternThatTakesInWhatThePipelineWrites() {
        assertThat(problemsOf(GOOD.replace("topics: [lakesync.deltas]", "pattern: '.*'")))
                .containsExactly(
                        "a.yaml:7: pipelines[0].deadLetters.topic: \"shop-deltas-dead-letters\" is also a source of pipelines[0]",
                        "a.yaml:7: pipelines[0].manifest.topic: \"shop-deltas-manifest\" is also a source of pipelines[0]");
    }

    @Test
    void refusesAFileInWhichNoPipelineIsEnabled() {
        assertThat(problemsOf(GOOD.replace("threads: 1", "enabled: false")))
                .containsExactly(
                        "a.yaml:6: pipelines: none is enabled; write enabled: true in one of them, or leave the key out");
    }

    @Test
    void refusesAnEmptyFile() {
        assertThat(problemsOf(""))
                .containsExactly(
                        "a.yaml:1: application: missing",
                        "a.yaml:1: storage.type: missing",
                        "a.yaml:1: pipelines: needs at least one pipeline");
    }

    @Test
    void refusesAFileThatIsAList() {
        assertThat(problemsOf("- a\n- b\n")).contains("a.yaml:1: needs keys and values, not a list");
    }

    @Test
    void refusesASecondDocument() {
        assertThat(problemsOf(GOOD + "---\nmore: 1\n"))
                .containsExactly("a.yaml:24: not YAML: but found another document");
    }

    @Test
    void takesTheGoodFile() throws ConfigurationException {
        assertThat(ConfigurationFile.parse("a.yaml", GOOD, Map.of())
                        .application()
                        .pipelines())
                .hasSize(1);
    }

    private static List<String> problemsOf(String text) {
        return catchThrowableOfType(
                        ConfigurationException.class, () -> ConfigurationFile.parse("a.yaml", text, Map.of()))
                .problems()
                .stream()
                .map(Problem::toString)
                .toList();
    }
}
