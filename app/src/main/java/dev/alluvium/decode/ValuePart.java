package dev.alluvium.decode;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.Map;

/** The value of a field. */
final class ValuePart implements PartitionPart {
    private final PartitionField.Value field;
    private final PathReader.Slot slot;
    private final JavaType type;

    ValuePart(PartitionField.Value field, PathReader.Slot slot) {
        this.field = field;
        this.slot = slot;
        this.type = slot.field.getJavaType();
        boolean isPossible = PartitionPart.isInteger(slot.field)
                || type == JavaType.STRING
                || type == JavaType.BOOLEAN
                || type == JavaType.ENUM;
        if (!isPossible) {
            throw new IllegalArgumentException(
                    slot.field.getFullName() + " is no string, integer, boolean or enum: it divides no files");
        }
    }

    @Override
    public void addTo(KeyBytes key) {
        if (!slot.isThere()) {
            key.addNull();
        } else if (type == JavaType.STRING) {
            key.add(slot.bytes(), slot.start(), slot.end());
        } else {
            key.add(slot.number());
        }
    }

    @Override
    public String text() {
        if (!slot.isThere()) {
            return PartitionText.NULL;
        }
        return switch (type) {
            case STRING -> PartitionText.of(slot.bytes(), slot.start(), slot.end());
            case BOOLEAN -> slot.number() == 0 ? "false" : "true";
            case ENUM -> PartitionText.of(enumName(slot.field, (int) slot.number()));
            default ->
                PartitionPart.isUnsignedLong(slot.field)
                        ? Long.toUnsignedString(slot.number())
                        : Long.toString(slot.number());
        };
    }

    /** As in the column: the first name of a number, or the number where it has none. */
    private static String enumName(FieldDescriptor field, int number) {
        EnumValueDescriptor value = field.getEnumType().findValueByNumber(number);
        return value == null ? Integer.toString(number) : value.getName();
    }

    @Override
    public void describe(Map<String, String> attributes) {
        attributes.put(field.name(), text());
    }
}
