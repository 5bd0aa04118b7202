package dev.alluvium.decode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.List;
import java.util.Map;

/** A partition field that is bound to where its value is read; about the record that was read last. Not thread safe. */
sealed interface PartitionPart permits SlicePart, RangePart, ValuePart {
    /** Adds the value to the bytes by which the group is looked up. */
    void addTo(KeyBytes key);

    /** The value as it stands in the group's id. */
    String text();

    /** Says the values of the field's placeholders. */
    void describe(Map<String, String> attributes);

    static PartitionPart of(PartitionField field, PathReader values) {
        if (field instanceof PartitionField.Slice slice) {
            return new SlicePart(slice, slice.field().isEmpty() ? null : values.add(slice.field()));
        } else if (field instanceof PartitionField.Range range) {
            return new RangePart(range, values.add(range.field()));
        } else if (field instanceof PartitionField.Value value) {
            return new ValuePart(value, values.add(value.field()));
        }
        throw new IllegalArgumentException("unknown partition field " + field);
    }

    static boolean isInteger(FieldDescriptor field) {
        return field.getJavaType() == JavaType.INT || field.getJavaType() == JavaType.LONG;
    }

    /** Whether the field's numbers are in two's complement and yet never negative. */
    static boolean isUnsignedLong(FieldDescriptor field) {
        return List.of(FieldDescriptor.Type.UINT64, FieldDescriptor.Type.FIXED64)
                .contains(field.getType());
    }
}
