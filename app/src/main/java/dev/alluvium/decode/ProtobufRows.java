package dev.alluvium.decode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.schema.ProtobufSchema;
import dev.alluvium.schema.WellKnownType;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages from rows: what {@link ProtobufDecoder} made of a message, read back from a data file, becomes that message
 * again. Rows are those of {@code DataFileReader}: a map from column to value. Thread safe.
 */
public final class ProtobufRows {
    /** The key of a footer that says in which unit times are, there only where it is not microseconds. */
    public static final String TIMES = "times";

    private final Descriptor message;
    private final Times times;
    private final ExtensionRegistry extensions = ExtensionRegistry.newInstance();

    /**
     * @param message the type that the file was written with
     * @param times the unit of time that it was written with
     */
    public ProtobufRows(Descriptor message, Times times) {
        this.message = message;
        this.times = times;
        addExtensions(message.getFile(), new HashSet<>());
    }

    /**
     * The reader of a file, by what its footer says.
     *
     * @param message name of the file's schema
     * @param descriptorSet as in the footer, Base64
     * @param facts the footer's facts of the data set
     * @throws IllegalArgumentException if the footer does not describe the message
     */
    public static ProtobufRows of(String message, String descriptorSet, Map<String, String> facts) {
        String unit = facts.getOrDefault(TIMES, Times.MICROS.name());
        return new ProtobufRows(
                MessageTypes.find(Base64.getDecoder().decode(descriptorSet), message),
                Times.valueOf(unit.toUpperCase(Locale.ROOT)));
    }

    private void addExtensions(FileDescriptor file, Set<FileDescriptor> seen) {
        if (seen.add(file)) {
            file.getExtensions().forEach(this::addExtension);
            file.getMessageTypes().forEach(this::addExtensions);
            file.getDependencies().forEach(dependency -> addExtensions(dependency, seen));
        }
    }

    private void addExtensions(Descriptor scope) {
        scope.getExtensions().forEach(this::addExtension);
        scope.getNestedTypes().forEach(this::addExtensions);
    }

    private void addExtension(FieldDescriptor extension) {
        if (extension.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            extensions.add(extension, DynamicMessage.getDefaultInstance(extension.getMessageType()));
        } else {
            extensions.add(extension);
        }
    }

    /** The type of the messages. */
    public Descriptor type() {
        return message;
    }

    /** Extensions that the message's file and its imports define. */
    public ExtensionRegistry extensions() {
        return extensions;
    }

    /** Whether a row is that of a record without a value: there is no message to make of it. */
    public boolean isTombstone(Map<String, ? extends @Nullable Object> row) {
        String name = ProtobufDecoder.TOMBSTONE.name();
        return message.findFieldByName(name) == null && Boolean.TRUE.equals(row.get(name));
    }

    /**
     * The message that a row was made of, with its unknown fields; fields that it requires may be missing. Columns that
     * are no field of it are ignored.
     *
     * @throws IllegalArgumentException if a value is not what the message's type makes of one, or the row is a tombstone
     */
    public DynamicMessage message(Map<String, ? extends @Nullable Object> row) {
        if (isTombstone(row)) {
            throw new IllegalArgumentException("the row is a tombstone, which has no message");
        }
        Object unknown = row.get(ProtobufSchema.UNKNOWN.name());
        Map<?, ?> rest = row.get(ProtobufSchema.REST.name()) instanceof Map<?, ?> parts ? parts : Map.of();
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(message);
        fields(builder, row, "", rest);
        if (unknown != null) {
            merge(builder, unknown);
        }
        return builder.buildPartial();
    }

    private void fields(DynamicMessage.Builder builder, Map<?, ?> row, String path, Map<?, ?> rest) {
        for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
            Object value = row.get(field.getName());
            if (value == null) {
                continue;
            }
            String place = RestPath.field(path, field);
            if (field.isMapField()) {
                Map<?, ?> entries = cast(Map.class, field, value);
                entries.forEach((key, one) -> builder.addRepeatedField(field, entry(field, key, one, place, rest)));
            } else if (field.isRepeated()) {
                List<?> elements = cast(List.class, field, value);
                int index = 0;
                for (Object element : elements) {
                    builder.addRepeatedField(field, single(field, element, RestPath.element(place, index++), rest));
                }
            } else {
                builder.setField(field, single(field, value, place, rest));
            }
        }
    }

    private Message entry(
            FieldDescriptor map, @Nullable Object key, @Nullable Object value, String place, Map<?, ?> rest) {
        DynamicMessage.Builder entry = DynamicMessage.newBuilder(map.getMessageType());
        FieldDescriptor keyField = map.getMessageType().findFieldByNumber(1);
        FieldDescriptor valueField = map.getMessageType().findFieldByNumber(2);
        Object name = single(keyField, key, place, Map.of());
        entry.setField(keyField, name);
        String text = RestPath.key(keyField, name);
        entry.setField(valueField, single(valueField, value, place + '[' + text + ']', rest));
        Object unknown = rest.get(place + '{' + text + '}');
        if (unknown != null) {
            merge(entry, unknown);
        }
        return entry.buildPartial();
    }

    private Object single(FieldDescriptor field, @Nullable Object value, String place, Map<?, ?> rest) {
        return switch (field.getType()) {
            case BOOL -> cast(Boolean.class, field, value);
            case INT32, SINT32, SFIXED32 ->
                value instanceof LocalDate day ? (int) day.toEpochDay() : cast(Integer.class, field, value);
            case UINT32, FIXED32 -> cast(Long.class, field, value).intValue();
            case INT64, SINT64, SFIXED64 -> cast(Long.class, field, value);
            case UINT64, FIXED64 -> cast(BigInteger.class, field, value).longValue();
            case FLOAT -> cast(Float.class, field, value);
            case DOUBLE -> cast(Double.class, field, value);
            case STRING -> cast(String.class, field, value);
            case BYTES -> ByteString.copyFrom(cast(byte[].class, field, value));
            case ENUM -> enumValue(field.getEnumType(), cast(String.class, field, value));
            case MESSAGE, GROUP -> inside(field, value, place, rest);
        };
    }

    private static EnumValueDescriptor enumValue(EnumDescriptor type, String text) {
        EnumValueDescriptor named = type.findValueByName(text);
        return named != null ? named : type.findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
    }

    private Message inside(FieldDescriptor field, @Nullable Object value, String place, Map<?, ?> rest) {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(field.getMessageType());
        Object kept = rest.get(place);
        if (value instanceof Map<?, ?> struct) {
            fields(builder, struct, place, rest);
            if (kept != null) {
                merge(builder, kept);
            }
        } else if (kept != null) {
            merge(builder, kept);
        } else {
            condensed(builder, field, value);
        }
        return builder.buildPartial();
    }

    /** A message that is one value. */
    private void condensed(DynamicMessage.Builder builder, FieldDescriptor field, @Nullable Object value) {
        WellKnownType kind = WellKnownType.of(field.getMessageType());
        switch (kind) {
            case TIMESTAMP -> {
                Instant time = value instanceof LocalDateTime local
                        ? local.toInstant(ZoneOffset.UTC)
                        : cast(Instant.class, field, value);
                time(builder, time.getEpochSecond(), time.getNano());
            }
            case DURATION -> {
                long units = cast(Long.class, field, value);
                time(builder, units / times.perSecond(), (int) (units % times.perSecond()) * times.nanos());
            }
            case WRAPPER -> {
                FieldDescriptor wrapped = field.getMessageType().findFieldByNumber(1);
                builder.setField(wrapped, single(wrapped, value, "", Map.of()));
            }
            case STRUCT, VALUE, LIST_VALUE, FIELD_MASK, ANY -> {
                Message parsed = WellKnownJson.parse(kind, cast(String.class, field, value));
                merge(builder, parsed.toByteArray());
            }
            case NONE -> {
                if (!field.getMessageType().getFields().isEmpty()) {
                    merge(builder, cast(byte[].class, field, value));
                }
            }
        }
    }

    private static void time(DynamicMessage.Builder builder, long seconds, int nanos) {
        builder.setField(builder.getDescriptorForType().findFieldByNumber(1), seconds);
        builder.setField(builder.getDescriptorForType().findFieldByNumber(2), nanos);
    }

    private void merge(DynamicMessage.Builder builder, Object bytes) {
        Descriptor type = builder.getDescriptorForType();
        try {
            DynamicMessage kept = parse(type, (byte[]) bytes);
            if (type.getOptions().getMapEntry()) {
                // A map entry that was parsed has key and value, be it their defaults.
                builder.mergeUnknownFields(kept.getUnknownFields());
            } else {
                builder.mergeFrom(kept);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("what is kept of a " + type.getFullName() + " is none of it", e);
        }
    }

    /** An extension that does not hold what its definition says stays an unknown field, as it was when it was written. */
    private DynamicMessage parse(Descriptor type, byte[] bytes) throws InvalidProtocolBufferException {
        try {
            return DynamicMessage.newBuilder(type).mergeFrom(bytes, extensions).buildPartial();
        } catch (InvalidProtocolBufferException e) {
            return DynamicMessage.newBuilder(type).mergeFrom(bytes).buildPartial();
        }
    }

    private static <T> T cast(Class<T> type, FieldDescriptor field, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    field.getFullName() + " is " + value + ", which is no " + type.getSimpleName());
        }
        return type.cast(value);
    }
}
