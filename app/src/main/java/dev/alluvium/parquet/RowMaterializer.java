package dev.alluvium.parquet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** Builds rows as maps from the columns of a data file. */
final class RowMaterializer extends RecordMaterializer<Map<String, @Nullable Object>> {

    private final StructConverter root;
    private Map<String, @Nullable Object> row = Map.of();

    RowMaterializer(MessageType schema) {
        root = new StructConverter(schema, built -> row = built);
    }

    @Override
    public Map<String, @Nullable Object> getCurrentRecord() {
        return row;
    }

    @Override
    public GroupConverter getRootConverter() {
        return root;
    }

    private static Converter converter(Type type, Consumer<Object> sink) {
        if (type.isPrimitive()) {
            return new ScalarConverter(new StoredValues(type.getLogicalTypeAnnotation()), sink);
        }
        GroupType group = type.asGroupType();
        LogicalTypeAnnotation annotation = group.getLogicalTypeAnnotation();
        if (annotation instanceof ListLogicalTypeAnnotation) {
            return new ListConverter(group, sink);
        }
        if (annotation instanceof MapLogicalTypeAnnotation) {
            return new MapConverter(group, sink);
        }
        return new StructConverter(group, sink::accept);
    }

    /** A struct or row: every field is a key, without a value where there is none. */
    private static final class StructConverter extends GroupConverter {
        private final List<String> names = new ArrayList<>();
        private final List<Converter> fields = new ArrayList<>();
        private final Consumer<Map<String, @Nullable Object>> sink;
        private Map<String, @Nullable Object> open = new LinkedHashMap<>();

        StructConverter(GroupType type, Consumer<Map<String, @Nullable Object>> sink) {
            this.sink = sink;
            for (Type field : type.getFields()) {
                String name = field.getName();
                if (field.isRepetition(Repetition.REPEATED)) {
                    throw new IllegalArgumentException(
                            "column " + name + " is repeated without being a list or map of three levels");
                }
                names.add(name);
                fields.add(converter(field, value -> open.put(name, value)));
            }
        }

        @Override
        public Converter getConverter(int field) {
            return fields.get(field);
        }

        @Override
        public void start() {
            open = new LinkedHashMap<>();
            names.forEach(name -> open.put(name, null));
        }

        @Override
        public void end() {
            sink.accept(open);
        }
    }

    /** What a list or map repeats. */
    private static final class EntryConverter extends GroupConverter {
        private final List<Converter> fields = new ArrayList<>();
        private final @Nullable Object[] values;
        private final Runnable done;

        EntryConverter(GroupType type, @Nullable Object[] values, Runnable done) {
            this.values = values;
            this.done = done;
            for (int i = 0; i < values.length; i++) {
                int field = i;
                fields.add(converter(type.getType(i), value -> values[field] = value));
            }
        }

        @Override
        public Converter getConverter(int field) {
            return fields.get(field);
        }

        @Override
        public void start() {
            Arrays.fill(values, null);
        }

        @Override
        public void end() {
            done.run();
        }
    }

    private static final class ListConverter extends GroupConverter {
        private final EntryConverter entry;
        private final Consumer<Object> sink;
        private List<@Nullable Object> open = new ArrayList<>();

        ListConverter(GroupType type, Consumer<Object> sink) {
            this.sink = sink;
            @Nullable Object[] element = new @Nullable Object[1];
            this.entry = new EntryConverter(FileColumn.repeated(type), element, () -> open.add(element[0]));
        }

        @Override
        public Converter getConverter(int field) {
            return entry;
        }

        @Override
        public void start() {
            open = new ArrayList<>();
        }

        @Override
        public void end() {
            sink.accept(open);
        }
    }

    private static final class MapConverter extends GroupConverter {
        private final EntryConverter entry;
        private final Consumer<Object> sink;
        private Map<Object, @Nullable Object> open = new LinkedHashMap<>();

        MapConverter(GroupType type, Consumer<Object> sink) {
            this.sink = sink;
            @Nullable Object[] pair = new @Nullable Object[2];
            this.entry = new EntryConverter(
                    FileColumn.repeated(type), pair, () -> open.put(Objects.requireNonNull(pair[0]), pair[1]));
        }

        @Override
        public Converter getConverter(int field) {
            return entry;
        }

        @Override
        public void start() {
            open = new LinkedHashMap<>();
        }

        @Override
        public void end() {
            sink.accept(open);
        }
    }

    private static final class ScalarConverter extends PrimitiveConverter {
        private final StoredValues values;
        private final Consumer<Object> sink;

        ScalarConverter(StoredValues values, Consumer<Object> sink) {
            this.values = values;
            this.sink = sink;
        }

        @Override
        public void addInt(int value) {
            sink.accept(values.ofInt(value));
        }

        @Override
        public void addLong(long value) {
            sink.accept(values.ofLong(value));
        }

        @Override
        public void addBinary(Binary value) {
            sink.accept(values.ofBinary(value));
        }

        @Override
        public void addBoolean(boolean value) {
            sink.accept(value);
        }

        @Override
        public void addFloat(float value) {
            sink.accept(value);
        }

        @Override
        public void addDouble(double value) {
            sink.accept(value);
        }
    }
}
