package dev.alluvium.decode;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import dev.alluvium.arrow.ColumnBuffer;
import dev.alluvium.arrow.ListColumn;
import dev.alluvium.arrow.MapColumn;
import dev.alluvium.arrow.StructColumn;
import dev.alluvium.decode.FieldPlan.Op;
import dev.alluvium.schema.Column;
import dev.alluvium.schema.ColumnType;
import dev.alluvium.schema.MessageTypes;
import dev.alluvium.schema.ProtobufMapping.Times;
import dev.alluvium.schema.WellKnownType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the fields of one message, found by field number. A tree that follows the columns; below a message
 * that is kept as bytes it is a graph that only checks. Bound to the columns of one batch at a time.
 */
final class MessagePlan {
    private static final int DENSE = 256;

    final Descriptor message;

    /** In the order of the columns. */
    private FieldPlan[] fields = {};

    private @Nullable FieldPlan[] byNumber = {};
    private FieldPlan[] sorted = {};

    /** Enum fields that hold the name of their default when they are absent. */
    FieldPlan[] enumDefaults = {};

    /** Fields that a message without them cannot do without. */
    FieldPlan[] required = {};

    /** Maps whose keys start anew with each message of this plan, those in singular messages inside included. */
    FieldPlan[] maps = {};

    /** Whether the columns have no place for fields that the descriptor does not know. */
    final boolean losesUnknown;

    /** Whether this is the entry of a map column. */
    final boolean isEntry;

    /** What plans of one compilation share. */
    private static final class Context {
        final Times times;
        private final Descriptor root;
        private @Nullable Map<String, Descriptor> types;
        /** Of messages that are kept as bytes. */
        final Map<Descriptor, MessagePlan> opaque = new HashMap<>();
        /** Of messages that become one value. */
        final Map<Descriptor, MessagePlan> condensed = new HashMap<>();

        Context(Descriptor root, Times times) {
            this.root = root;
            this.times = times;
        }

        /** What an {@code Any} can be read as. */
        Map<String, Descriptor> types() {
            if (types == null) {
                types = MessageTypes.reachable(root);
            }
            return types;
        }
    }

    private MessagePlan(Descriptor message, boolean losesUnknown) {
        this.message = message;
        this.losesUnknown = losesUnknown;
        this.isEntry = losesUnknown && message.getOptions().getMapEntry();
    }

    /** The plan for a message whose columns are those of its schema, one per field and in the order of the fields. */
    static MessagePlan compile(Descriptor message, List<Column> columns) {
        return compile(message, columns, Times.MICROS);
    }

    /** As above, with the unit of time that the schema was made with. */
    static MessagePlan compile(Descriptor message, List<Column> columns, Times times) {
        return compile(message, columns, new Context(message, times));
    }

    private static MessagePlan compile(Descriptor message, List<Column> columns, Context context) {
        MessagePlan plan = new MessagePlan(message, true);
        List<FieldPlan> fields = new ArrayList<>();
        List<FieldPlan> enumDefaults = new ArrayList<>();
        List<FieldPlan> required = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            FieldDescriptor field = message.getFields().get(i);
            FieldPlan compiled = field(field, columns.get(i), context);
            fields.add(compiled);
            if (compiled.op == Op.ENUM && !field.isRepeated() && !columns.get(i).nullable()) {
                enumDefaults.add(compiled);
            }
            if (field.hasPresence() && !columns.get(i).nullable()) {
                required.add(compiled);
            }
        }
        plan.setFields(fields);
        plan.required = required.toArray(FieldPlan[]::new);
        plan.enumDefaults = enumDefaults.toArray(FieldPlan[]::new);
        plan.maps = maps(fields).toArray(FieldPlan[]::new);
        return plan;
    }

    private static FieldPlan field(FieldDescriptor field, Column column, Context context) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            FieldPlan compiled = new FieldPlan(field, scalar(field), null, null);
            compiled.isJson = compiled.op == Op.TEXT && column.type() == ColumnType.Scalar.JSON;
            return compiled;
        }
        Descriptor inside = field.getMessageType();
        ColumnType type = column.type();
        if (type instanceof ColumnType.MapOf map) {
            List<Column> entry =
                    List.of(Column.required("key", map.key()), new Column("value", map.value(), map.valueNullable()));
            return new FieldPlan(field, Op.ENTRY, compile(inside, entry, context), new MapKeys());
        }
        if (type instanceof ColumnType.ListOf list) {
            type = list.element();
        }
        if (type instanceof ColumnType.Struct struct) {
            return new FieldPlan(field, Op.MESSAGE, compile(inside, struct.fields(), context), null);
        }
        WellKnownType kind = WellKnownType.of(inside);
        if (kind == WellKnownType.WRAPPER) {
            List<Column> value = List.of(Column.optional("value", type));
            return new FieldPlan(field, Op.WRAPPER, compile(inside, value, context), null);
        }
        Op op = message(kind, inside);
        boolean isOpaque = op == Op.OPAQUE;
        MessagePlan plan = checked(inside, !isOpaque, isOpaque ? context.opaque : context.condensed);
        FieldPlan compiled = new FieldPlan(field, op, plan, null);
        compiled.times = context.times;
        compiled.json =
                op == Op.JSON ? new WellKnownJson(kind, kind == WellKnownType.ANY ? context.types() : Map.of()) : null;
        return compiled;
    }

    private static Op message(WellKnownType kind, Descriptor inside) {
        return switch (kind) {
            case TIMESTAMP -> Op.TIMESTAMP;
            case DURATION -> Op.DURATION;
            case WRAPPER -> Op.WRAPPER;
            case STRUCT, VALUE, LIST_VALUE, FIELD_MASK, ANY -> Op.JSON;
            case NONE -> inside.getFields().isEmpty() ? Op.PRESENCE : Op.OPAQUE;
        };
    }

    /** A plan without columns, one per message type since it may be recursive. */
    private static MessagePlan checked(Descriptor message, boolean losesUnknown, Map<Descriptor, MessagePlan> plans) {
        MessagePlan known = plans.get(message);
        if (known != null) {
            return known;
        }
        MessagePlan plan = new MessagePlan(message, losesUnknown);
        plans.put(message, plan);
        List<FieldPlan> fields = new ArrayList<>();
        for (FieldDescriptor field : message.getFields()) {
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            fields.add(
                    isMessage
                            ? new FieldPlan(
                                    field, Op.OPAQUE, checked(field.getMessageType(), losesUnknown, plans), null)
                            : new FieldPlan(field, scalar(field), null, null));
        }
        plan.setFields(fields);
        return plan;
    }

    private static Op scalar(FieldDescriptor field) {
        return switch (field.getType()) {
            case INT32, UINT32 -> Op.INT32;
            case INT64, UINT64 -> Op.INT64;
            case SINT32 -> Op.SINT32;
            case SINT64 -> Op.SINT64;
            case BOOL -> Op.BOOL;
            case ENUM -> Op.ENUM;
            case FIXED32, SFIXED32 -> Op.FIXED32;
            case FIXED64, SFIXED64 -> Op.FIXED64;
            case FLOAT -> Op.FLOAT;
            case DOUBLE -> Op.DOUBLE;
            case STRING -> Op.TEXT;
            case BYTES -> Op.BYTES;
            case MESSAGE, GROUP -> throw new IllegalArgumentException(field.getFullName() + " is not a scalar");
        };
    }

    private static List<FieldPlan> maps(List<FieldPlan> fields) {
        List<FieldPlan> maps = new ArrayList<>();
        for (FieldPlan field : fields) {
            if (field.keys != null) {
                maps.add(field);
            } else if (field.op == Op.MESSAGE && !field.isRepeated && field.message != null) {
                maps.addAll(Arrays.asList(field.message.maps));
            }
        }
        return maps;
    }

    private void setFields(List<FieldPlan> all) {
        fields = all.toArray(FieldPlan[]::new);
        sorted = fields.clone();
        Arrays.sort(sorted, Comparator.comparingInt(field -> field.number));
        int last = sorted.length == 0 ? 0 : sorted[sorted.length - 1].number;
        byNumber = new FieldPlan[Math.min(DENSE, last + 1)];
        for (FieldPlan field : fields) {
            if (field.number < byNumber.length) {
                byNumber[field.number] = field;
            }
        }
        for (OneofDescriptor oneof : message.getRealOneofs()) {
            List<FieldPlan> arms = all.stream()
                    .filter(field -> oneof.equals(field.field.getRealContainingOneof()))
                    .toList();
            for (FieldPlan arm : arms) {
                arm.otherArms = arms.stream().filter(other -> other != arm).toArray(FieldPlan[]::new);
            }
        }
    }

    /** All of them, in the order of the columns. */
    List<FieldPlan> fields() {
        return List.of(fields);
    }

    @Nullable
    FieldPlan field(int number) {
        return number < byNumber.length ? byNumber[number] : number < DENSE ? null : sparse(number);
    }

    private @Nullable FieldPlan sparse(int number) {
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int difference = sorted[middle].number - number;
            if (difference == 0) {
                return sorted[middle];
            }
            if (difference < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** Lets the values of this message's fields go to these columns, which are in the order of the fields. */
    void bind(List<ColumnBuffer> columns) {
        for (int i = 0; i < fields.length; i++) {
            FieldPlan field = fields[i];
            ColumnBuffer column = columns.get(i);
            ColumnBuffer target = column instanceof ListColumn list ? list.element() : column;
            field.column = column;
            field.target = target;
            if (field.message != null) {
                bindInside(field, field.message, target);
            }
        }
    }

    private static void bindInside(FieldPlan field, MessagePlan inside, ColumnBuffer target) {
        if (field.op == Op.MESSAGE && target instanceof StructColumn struct) {
            List<ColumnBuffer> columns = new ArrayList<>();
            for (int i = 0; i < struct.fieldCount(); i++) {
                columns.add(struct.field(i));
            }
            inside.bind(columns);
        } else if (field.op == Op.ENTRY && target instanceof MapColumn map) {
            inside.bind(List.of(map.key(), map.value()));
        } else if (field.op == Op.WRAPPER) {
            inside.bind(List.of(target));
        }
    }
}
