package dev.alluvium.decode;

import java.math.BigInteger;
import java.util.Map;

/** A range of an integer. */
final class RangePart implements PartitionPart {
    private final PartitionField.Range field;
    private final PathReader.Slot slot;
    private final boolean isUnsigned;

    RangePart(PartitionField.Range field, PathReader.Slot slot) {
        if (!PartitionPart.isInteger(slot.field)) {
            throw new IllegalArgumentException(slot.field.getFullName() + " is no integer and has no ranges");
        }
        this.field = field;
        this.slot = slot;
        this.isUnsigned = PartitionPart.isUnsignedLong(slot.field);
    }

    private long number() {
        return isUnsigned
                ? Long.divideUnsigned(slot.number(), field.size())
                : Math.floorDiv(slot.number(), field.size());
    }

    @Override
    public void addTo(KeyBytes key) {
        if (slot.isThere()) {
            key.add(number());
        } else {
            key.addNull();
        }
    }

    @Override
    public String text() {
        if (!slot.isThere()) {
            return PartitionText.NULL;
        }
        // The first and the last range may reach beyond what a long can hold.
        BigInteger size = BigInteger.valueOf(field.size());
        BigInteger number = isUnsigned ? new BigInteger(Long.toUnsignedString(number())) : BigInteger.valueOf(number());
        BigInteger first = number.multiply(size);
        return first + "-" + first.add(size).subtract(BigInteger.ONE);
    }

    @Override
    public void describe(Map<String, String> attributes) {
        attributes.put(field.name(), text());
    }
}
