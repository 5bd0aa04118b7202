package dev.alluvium.config;

import dev.alluvium.batch.MetadataColumns.Part;
import dev.alluvium.decode.DeltaSettings;
import dev.alluvium.decode.DeltaSettings.ClockDrift;
import dev.alluvium.decode.ProtobufSettings.Tombstones;
import dev.alluvium.schema.ProtobufMapping;
import dev.alluvium.schema.ProtobufMapping.Times;
import java.nio.file.Path;
import java.util.Map;

/** The keys that say what the records of a pipeline are. */
final class DataKeys {
    static final String TELEMETRY_MESSAGE = "alluvium.telemetry.v1.TelemetryRecord";

    /** The kinds of data. */
    enum Kind {
        DELTA,
        TELEMETRY,
        PROTOBUF
    }

    static final Key<Kind> TYPE = Key.required(
            "type",
            Syntax.oneOf(Map.of("delta", Kind.DELTA, "telemetry", Kind.TELEMETRY, "protobuf", Kind.PROTOBUF)),
            "What the records are");

    static final Key<Boolean> COORDINATES = Key.of(
            "coordinates",
            Syntax.flag(),
            true,
            "Whether each row says its partition, offset and timestamp. Without them a row cannot be traced back to its"
                    + " record");

    static final Key<Part> METADATA = Key.optional(
            "metadata",
            Syntax.oneOf(Map.of(
                    "partition",
                    Part.PARTITION,
                    "offset",
                    Part.OFFSET,
                    "timestamp",
                    Part.TIMESTAMP,
                    "key",
                    Part.KEY,
                    "headers",
                    Part.HEADERS)),
            "none",
            "What else each row says of its record: `_key`, `_headers`, or single ones of the `coordinates`, which are then"
                    + " `false`. Headers are looked at only if they are listed");

    static final Key<Tombstones> TOMBSTONES = Key.of(
            "tombstones",
            Syntax.oneOf(Map.of("row", Tombstones.ROW, "reject", Tombstones.REJECT)),
            Tombstones.ROW,
            "A record without a value is a `row` whose `_tombstone` is true and whose other columns are null, so that every"
                    + " column can be null; or the record is `reject`ed. Without `key` in `metadata` nobody can tell what was"
                    + " deleted");

    static final Key<String> GATEWAY =
            Key.required("gateway", Names.GATEWAY, "Folder in object keys: who wrote the deltas");

    static final Key<Boolean> UNDECLARED = Key.of(
            "undeclared",
            Syntax.oneOf(Map.of("keep", false, "reject", true)),
            false,
            "What happens to a table or column that is not declared: `keep` its values as JSON text in `_extra`, or"
                    + " `reject` the record");

    static final Key<DeltaSettings.Form> DELTA_MESSAGE = Key.of(
            "message",
            Syntax.oneOf(Map.of(
                    "lakesync.v1.RowDelta", DeltaSettings.Form.DELTA,
                    "lakesync.v1.SyncPush", DeltaSettings.Form.PUSH,
                    "lakesync.v1.SyncResponse", DeltaSettings.Form.RESPONSE)),
            DeltaSettings.Form.DELTA,
            "What a record is: one delta, or a batch of them, which is a row for each; one bad delta rejects the batch");

    static final Key<ClockDrift> CLOCK_DRIFT = Key.of(
            "clockDrift",
            Syntax.oneOf(Map.of("count", ClockDrift.COUNT, "reject", ClockDrift.REJECT)),
            ClockDrift.COUNT,
            "A delta whose clock is more than 5 s ahead of its record's timestamp is kept and counted, or `reject`ed");

    static final Key<Boolean> ON_MISMATCH = Key.of(
            "onMismatch",
            Syntax.oneOf(Map.of("reject", false, "stop", true)),
            false,
            "When a value contradicts the type of its column: `reject` the record, or `stop` the pipeline before it, for"
                    + " somebody to mend the table or the producer");

    static final Key<String> TABLES = Key.group(
            "tables",
            "tables of columns",
            "none",
            "Tables, each with its columns and their types: `string`, `number`, `boolean`, `json`, `null`. Order is the"
                    + " order of the file's columns; a changed table changes the layout of files");

    static final Key<String> TABLES_TOPIC = Key.optional(
            "tablesTopic",
            Names.TOPIC,
            "none",
            "Compacted topic with the versions of tables, read while the pipeline runs: the key is the table's name, the"
                    + " value LakeSync's schema with a version, `{\"table\", \"version\", \"columns\": [{\"name\","
                    + " \"type\"}]}`. A version may add columns at the end and nothing else; `tables` are the first"
                    + " versions");

    static final Key<String> TELEMETRY_MESSAGE_NAME =
            Key.of("message", Names.MESSAGE, TELEMETRY_MESSAGE, "Full name of the message in the topic");

    static final Key<String> PROTOBUF_MESSAGE_NAME = Key.required(
            "message", Names.MESSAGE, "Full name of the message in the topic; compiled in, or from the descriptor set");

    static final Key<Path> DESCRIPTOR_SET = Key.optional(
            "descriptorSet", Syntax.path(), "none", "File that `protoc --include_imports --descriptor_set_out` wrote");

    static final Key<Times> TIMESTAMPS = Key.of(
            "timestamps",
            Syntax.oneOf(Map.of("micros", Times.MICROS, "nanos", Times.NANOS)),
            ProtobufMapping.DEFAULT.times(),
            "Unit of `Timestamp` and `Duration` columns. Finer times than the unit are kept beside the columns, slowly and"
                    + " in more bytes; nanoseconds end in 2262");

    static final Key<Integer> DEPTH = Key.of(
            "depth",
            Syntax.number(1, 100),
            ProtobufMapping.DEFAULT.depth(),
            "How often a message type occurs on the way from the root to a field before the rest is left as bytes. Types"
                    + " that contain themselves several times multiply their columns with every level; 10,000 are the"
                    + " limit");

    static final Key<String> FORMS = Key.group(
            "columns",
            "columns and their types",
            "none",
            "Columns of the message that are something else than usual: a `date` of an int32 that counts days from"
                    + " 1970-01-01, a `localTimestamp` without a zone of a Timestamp, `json` of an optional string that"
                    + " holds JSON text");

    static final Syntax<ProtobufMapping.Form> FORM = Syntax.oneOf(Map.of(
            "date", ProtobufMapping.Form.DATE,
            "localTimestamp", ProtobufMapping.Form.LOCAL_TIMESTAMP,
            "json", ProtobufMapping.Form.JSON));

    static final Key<String> REQUIRED = Key.optional(
            "required",
            Names.FIELD,
            "none",
            "Fields with presence, such as a Timestamp, that every record has: their columns are not nullable, and a"
                    + " record without one is bad");

    private DataKeys() {}
}
