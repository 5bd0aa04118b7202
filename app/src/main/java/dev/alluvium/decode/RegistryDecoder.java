package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.alluvium.arrow.RecordBatch;
import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import dev.alluvium.decode.Rejection.Reason;
import dev.alluvium.record.SourceRecord;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.IncompatibleSchemaException;
import dev.alluvium.schema.MergedSchema;
import dev.alluvium.schema.SchemaSource;
import dev.alluvium.schema.SchemaSource.Answer;
import dev.alluvium.schema.SchemaVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows from records in Confluent's wire format: the byte 0, the id of the schema (4 bytes, big endian), the place of the
 * message in the schema's file (zigzag varints: how many, then an index for each level; the one byte 0 stands for the
 * first message), the message.
 *
 * <p>All records of a partition are read with the {@linkplain MergedSchema merge} of the schemas seen so far, so that
 * versions may alternate. A new id is looked up in {@code read}, which may therefore take three seconds, once.
 */
public final class RegistryDecoder implements RecordDecoder {
    private static final int HEADER = 5;
    private static final int MAX_REJECTED = 100;
    private static final String APART = "cannot be read together with those before: ";

    private final RegistryDecoderSettings settings;
    private final Set<String> beside;
    private final SchemaSource source;
    private final int partition;
    private final Map<String, ProtobufDecoder> decoders = new HashMap<>();

    private MergedSchema merged;
    private Known[] known = {};
    private @Nullable Known last;
    private @Nullable ProtobufDecoder current;
    private String state = "";
    private int at;

    /** An id that a record had: a schema, or the reason why its records are rejected. */
    private static final class Known {
        final int id;
        final @Nullable Rejection rejection;
        final Place[] messages;

        Known(int id, Rejection rejection) {
            this.id = id;
            this.rejection = rejection;
            this.messages = new Place[0];
        }

        Known(SchemaVersion schema) {
            this.id = schema.id();
            this.rejection = null;
            this.messages = Place.of(schema.file().getMessageTypes());
        }
    }

    /** A message where a schema has it. */
    private static final class Place {
        final String message;
        final boolean isEntry;
        final Place[] nested;

        /** Until the merge changes, as what follows. */
        @Nullable
        ProtobufDecoder decoder;

        /** Why there is no decoder. */
        @Nullable
        Rejection rejection;

        Place(Descriptor message) {
            this.message = message.getFullName();
            this.isEntry = message.getOptions().getMapEntry();
            this.nested = of(message.getNestedTypes());
        }

        /** Full names of the messages that a record can be, here and inside. */
        void names(Set<String> names) {
            if (!isEntry) {
                names.add(message);
            }
            for (Place inside : nested) {
                inside.names(names);
            }
        }

        static Place[] of(List<Descriptor> messages) {
            return messages.stream().map(Place::new).toArray(Place[]::new);
        }

        void forget() {
            decoder = null;
            rejection = null;
            for (Place inside : nested) {
                inside.forget();
            }
        }
    }

    /** A decoder for the records of one partition, whose rows have no columns but its own. */
    public RegistryDecoder(RegistryDecoderSettings settings, SchemaSource source, int partition) {
        this(settings, List.of(), source, partition);
    }

    /**
     * As above.
     *
     * @param beside columns that rows get besides: a schema whose messages have fields of their names is incompatible
     */
    public RegistryDecoder(RegistryDecoderSettings settings, List<Column> beside, SchemaSource source, int partition) {
        this.settings = settings;
        this.beside = beside.stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
        this.source = source;
        this.partition = partition;
        this.merged = nothing();
    }

    /** Of no schema. Where one message is archived, what others become makes no difference. */
    private MergedSchema nothing() {
        return settings.message().map(MergedSchema::only).orElse(MergedSchema.EMPTY);
    }

    // ---- the way of a record ---------------------------------------------------------------------------------------

    /**
     * {@inheritDoc}
     *
     * @throws dev.alluvium.schema.SchemaSourceException if the schema of the record is new and cannot be asked for now
     * @throws SchemaDecisionException if the record's schema cannot be used and nobody has said what to do then
     */
    @Override
    public @Nullable Rejection read(SourceRecord next) {
        current = null;
        byte[] value = next.value();
        if (value == null) {
            return new Rejection(Reason.NULL_VALUE, "the record has no value");
        }
        if (value.length <= HEADER || value[0] != 0) {
            return new Rejection(
                    Reason.NO_SCHEMA_ID,
                    "the value does not begin with the byte 0 and the id of a schema, as a registry's serializer writes");
        }
        Known schema = schema(Integer.reverseBytes(Bytes.getInt(value, 1)), next);
        if (schema.rejection != null) {
            return schema.rejection;
        }
        Place place = place(schema, value);
        if (place == null) {
            return new Rejection(
                    Reason.UNKNOWN_MESSAGE,
                    "the value names a message by its place that schema " + schema.id + " lacks");
        }
        if (!isArchived(place.message)) {
            return new Rejection(
                    Reason.UNKNOWN_MESSAGE,
                    "the value is a " + place.message + "; only "
                            + settings.message().orElseThrow() + " is archived");
        }
        if (place.decoder == null && place.rejection == null) {
            prepare(place);
        }
        ProtobufDecoder decoder = place.decoder;
        if (decoder == null) {
            return place.rejection;
        }
        Rejection rejection = decoder.read(next, at, schema.id);
        current = rejection == null ? decoder : null;
        return rejection;
    }

    private Known schema(int id, SourceRecord record) {
        Known recent = last;
        if (recent != null && recent.id == id) {
            return recent;
        }
        for (Known one : known) {
            if (one.id == id) {
                last = one;
                return one;
            }
        }
        Known added = lookUp(id, record);
        add(added);
        return added;
    }

    /** Where the message is; null if there is none. Moves on to the message's first byte. */
    private @Nullable Place place(Known schema, byte[] value) {
        at = HEADER;
        long levels = zigzag(value);
        if (levels == 0) {
            return schema.messages.length == 0 ? null : schema.messages[0];
        }
        Place[] choice = schema.messages;
        Place found = null;
        for (long level = 0; level < levels; level++) {
            long index = at < 0 ? -1 : zigzag(value);
            if (at < 0 || index < 0 || index >= choice.length) {
                return null;
            }
            found = choice[(int) index];
            choice = found.nested;
        }
        return found == null || found.isEntry ? null : found;
    }

    /** A position of -1 says that there is no number. */
    private long zigzag(byte[] value) {
        long number = 0;
        for (int shift = 0; shift < 64 && at < value.length; shift += 7) {
            byte b = value[at++];
            number |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return number >>> 1 ^ -(number & 1);
            }
        }
        at = -1;
        return -1;
    }

    private ProtobufDecoder accepted() {
        if (current == null) {
            throw new IllegalStateException("no record was accepted");
        }
        return current;
    }

    @Override
    public Group group() {
        return accepted().group();
    }

    @Override
    public long sliceEndMs() {
        return accepted().sliceEndMs();
    }

    @Override
    public long sliceTimeMs() {
        return accepted().sliceTimeMs();
    }

    @Override
    public List<Column> newColumns(RecordBatch batch) {
        return accepted().newColumns(batch);
    }

    @Override
    public int append(RecordBatch batch) {
        return accepted().append(batch);
    }

    // ---- schemas ---------------------------------------------------------------------------------------------------

    private Known lookUp(int id, SourceRecord record) {
        Answer answer = source.find(id);
        String what = "schema " + id;
        String where = ", of the record at offset " + record.offset() + " of partition " + partition + ", ";
        if (answer instanceof Answer.Missing) {
            return refuse(
                    settings.onUnknown(),
                    new Known(id, new Rejection(Reason.UNKNOWN_SCHEMA, what + " is not in the registry")),
                    where,
                    "data.registry.onUnknownSchema: " + what + where + "is not in the registry: register it again under"
                            + " its id, or write reject to send its records to the dead-letter topic");
        }
        String why;
        if (answer instanceof Answer.Found found) {
            String taken = takenName(found.schema().file().getMessageTypes());
            try {
                MergedSchema next = merged.with(found.schema());
                String loss = loss(next);
                if (taken.isEmpty() && loss == null) {
                    adopt(next);
                    return new Known(found.schema());
                }
                why = loss == null ? taken : APART + loss;
            } catch (IncompatibleSchemaException e) {
                why = APART + e.getMessage();
            }
        } else {
            why = answer instanceof Answer.Unusable unusable ? unusable.why() : "";
        }
        return refuse(
                settings.onIncompatible(),
                new Known(id, new Rejection(Reason.INCOMPATIBLE_SCHEMA, what + " " + why)),
                where,
                "data.registry.onIncompatible: " + what + where + why
                        + "; write reject to send its records to the dead-letter topic");
    }

    /** The first field of messages that are archived with the name of a column beside theirs, as a reason; else empty. */
    private String takenName(List<Descriptor> messages) {
        for (Descriptor message : messages) {
            for (FieldDescriptor field : message.getFields()) {
                if (beside.contains(field.getName()) && isArchived(message.getFullName())) {
                    return "has a message " + message.getFullName() + " with a field named " + field.getName()
                            + ", as a column of data.metadata is; leave that out";
                }
            }
            String nested = takenName(message.getNestedTypes());
            if (!nested.isEmpty()) {
                return nested;
            }
        }
        return "";
    }

    private boolean isArchived(String message) {
        return settings.message().isEmpty() || settings.message().get().equals(message);
    }

    private Known refuse(Policy policy, Known rejected, String where, String line) {
        if (policy == Policy.STOP) {
            throw new SchemaDecisionException(line);
        }
        Rejection rejection = Objects.requireNonNull(rejected.rejection);
        if (Arrays.stream(known).filter(one -> one.rejection != null).count() >= MAX_REJECTED) {
            throw new SchemaDecisionException(
                    "data.registry.url: the records of more than " + MAX_REJECTED
                            + " schemas are rejected; the last one" + where + rejection.detail()
                            + ": see whether this is the registry that the topic was written with; if it is, register its"
                            + " schemas again under their ids, or read the topic from a later offset under another pipeline name");
        }
        return rejected;
    }

    private void add(Known added) {
        known = Arrays.copyOf(known, known.length + 1);
        known[known.length - 1] = added;
        last = added;
        state = text();
    }

    /** Decoders of messages that stay what they are stay themselves, and so do their groups. */
    private void adopt(MergedSchema next) {
        merged = next;
        decoders.values().removeIf(decoder -> !decoder.isOf(next.message(decoder.messageName())));
        for (Known one : known) {
            for (Place place : one.messages) {
                place.forget();
            }
        }
    }

    /** Why a message that has columns would have none with another merge; null if all keep theirs. */
    private @Nullable String loss(MergedSchema next) {
        Set<String> messages = new TreeSet<>();
        for (Known one : known) {
            for (Place place : one.messages) {
                place.names(messages);
            }
        }
        settings.message().ifPresent(only -> messages.retainAll(Set.of(only)));
        for (String message : messages) {
            String trouble = trouble(next, message);
            if (trouble != null && trouble(merged, message) == null) {
                return trouble;
            }
        }
        return null;
    }

    private @Nullable String trouble(MergedSchema of, String message) {
        try {
            var unused = decoder(of, message);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    private ProtobufDecoder decoder(MergedSchema of, String message) {
        Descriptor type = of.message(message).orElseThrow();
        return new ProtobufDecoder(settings.of(type), partition, true);
    }

    /** Finds the decoder of a message, or the reason why there can be none: the same for the same merge. */
    private void prepare(Place place) {
        try {
            place.decoder = decoders.computeIfAbsent(place.message, message -> decoder(merged, message));
        } catch (IllegalArgumentException e) {
            String why = "the messages " + place.message + " of schemas " + merged.ids() + " have no columns: "
                    + e.getMessage();
            place.rejection = new Rejection(Reason.NO_COLUMNS, why);
        }
    }

    // ---- what the ledger keeps -------------------------------------------------------------------------------------

    /** The ids merged, those the registry does not have, and those that are incompatible, each with blanks between. */
    private String text() {
        return ids(null) + "," + ids(Reason.UNKNOWN_SCHEMA) + "," + ids(Reason.INCOMPATIBLE_SCHEMA);
    }

    private String ids(@Nullable Reason rejected) {
        return Arrays.stream(known)
                .filter(one -> rejected == (one.rejection == null ? null : one.rejection.reason()))
                .map(one -> one.id)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    @Override
    public String schemaState() {
        return state;
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.alluvium.schema.SchemaSourceException if its schemas cannot be asked for now
     * @throws SchemaDecisionException if the registry no longer has them
     */
    @Override
    public void restoreSchemaState(String earlier) {
        if (earlier.equals(state)) {
            return;
        }
        String[] parts = (earlier.isEmpty() ? ",," : earlier).split(",", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not what a registry's decoder knows: " + earlier);
        }
        Map<Integer, Known> all = new TreeMap<>();
        List<SchemaVersion> schemas = new ArrayList<>();
        source.find(numbers(parts[0])).forEach((id, answer) -> {
            SchemaVersion schema = merged(id, answer);
            schemas.add(schema);
            all.put(id, new Known(schema));
        });
        for (int id : numbers(parts[1])) {
            all.put(
                    id,
                    new Known(id, new Rejection(Reason.UNKNOWN_SCHEMA, "schema " + id + " was not in the registry")));
        }
        for (int id : numbers(parts[2])) {
            all.put(
                    id,
                    new Known(
                            id,
                            new Rejection(
                                    Reason.INCOMPATIBLE_SCHEMA,
                                    "schema " + id + " could not be read together with those before")));
        }
        try {
            known = new Known[0];
            adopt(nothing().with(schemas));
        } catch (IncompatibleSchemaException e) {
            throw new SchemaDecisionException("the schemas " + parts[0]
                    + ", which were read together before, are others in this registry: " + e.getMessage());
        }
        known = all.values().toArray(Known[]::new);
        last = null;
        current = null;
        state = earlier;
    }

    private static SchemaVersion merged(int id, Answer answer) {
        String what = "schema " + id + ", which records were read with before, ";
        if (answer instanceof Answer.Found found) {
            return found.schema();
        }
        throw new SchemaDecisionException(
                answer instanceof Answer.Unusable unusable
                        ? what + "can no longer be read: it " + unusable.why() + "; correct that in the registry"
                        : what + "is gone from the registry: register it again under its id");
    }

    private static Set<Integer> numbers(String text) {
        return text.isEmpty()
                ? Set.of()
                : Arrays.stream(text.split(" ")).map(Integer::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }
}
