package dev.alluvium.decode;

import java.util.Arrays;
import java.util.BitSet;

/**
 * One telemetry sample, taken from checked bytes into fields that are reused: no object per record. A field that comes
 * again overwrites; occurrences of the sample in one record are merged.
 */
final class SampleValues {
    /** {@code time} and the eleven optional channels, fields 3 to 14. */
    static final int CHANNELS = 12;

    private static final int FIRST_CHANNEL = 3;
    private static final int AUX = 15;
    private static final int SEQ = 16;

    long sessionId;
    int lapNumber;
    final double[] channels = new double[CHANNELS];

    /** Bit i says whether channel i is set. */
    int present;

    boolean hasSeq;
    long seq;

    int auxCount;
    int[] auxPositions = new int[8];
    int[] auxLengths = new int[8];
    double[] auxValues = new double[8];

    byte[] unknown = new byte[64];
    int unknownLength;

    void clear() {
        sessionId = 0;
        lapNumber = 0;
        channels[0] = 0;
        present = 0;
        hasSeq = false;
        auxCount = 0;
        unknownLength = 0;
    }

    /** Reads the sample that reaches to {@code end}, without the map entries that start at a replaced position. */
    void read(WireReader in, int end, BitSet replaced) {
        while (in.at < end) {
            int start = in.at;
            int tag = (int) in.varint();
            int number = tag >>> 3;
            int type = tag & 7;
            if (type == Wire.FIXED64 && number >= FIRST_CHANNEL && number < FIRST_CHANNEL + CHANNELS) {
                channels[number - FIRST_CHANNEL] = Double.longBitsToDouble(in.fixed64());
                present |= 1 << (number - FIRST_CHANNEL);
            } else if (type == Wire.LENGTH && number == AUX) {
                aux(in, replaced.get(start));
            } else if (type == Wire.VARINT && number == 1) {
                sessionId = in.varint();
            } else if (type == Wire.VARINT && number == 2) {
                lapNumber = (int) in.varint();
            } else if (type == Wire.VARINT && number == SEQ) {
                seq = in.varint();
                hasSeq = true;
            } else {
                in.skip(type);
                keep(in, start);
            }
        }
    }

    private void aux(WireReader in, boolean isReplaced) {
        int end = in.end();
        if (isReplaced) {
            in.at = end;
            return;
        }
        if (auxCount == auxPositions.length) {
            auxPositions = Arrays.copyOf(auxPositions, 2 * auxCount);
            auxLengths = Arrays.copyOf(auxLengths, 2 * auxCount);
            auxValues = Arrays.copyOf(auxValues, 2 * auxCount);
        }
        int position = in.at;
        int length = 0;
        double value = 0;
        while (in.at < end) {
            int tag = (int) in.varint();
            if (tag == (1 << 3 | Wire.LENGTH)) {
                int keyEnd = in.end();
                position = in.at;
                length = keyEnd - position;
                in.at = keyEnd;
            } else if (tag == (2 << 3 | Wire.FIXED64)) {
                value = Double.longBitsToDouble(in.fixed64());
            } else {
                in.skip(tag & 7);
            }
        }
        auxPositions[auxCount] = position;
        auxLengths[auxCount] = length;
        auxValues[auxCount] = value;
        auxCount++;
    }

    private void keep(WireReader in, int start) {
        int length = in.at - start;
        if (unknownLength + length > unknown.length) {
            unknown = Arrays.copyOf(unknown, Math.max(2 * unknown.length, unknownLength + length));
        }
        System.arraycopy(in.bytes, start, unknown, unknownLength, length);
        unknownLength += length;
    }
}
