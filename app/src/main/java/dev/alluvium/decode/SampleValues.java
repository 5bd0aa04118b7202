package dev.alluvium.decode;

import java.util.Arrays;
import java.util.BitSet;

/** One telemetry sample. A field that comes again overwrites; occurrences of the sample in one record are merged. */
final class SampleValues extends TelemetryValues {
    private static final int SEQ = 16;

    final double[] channels = new double[CHANNELS];

    /** Bit i says whether channel i is set. */
    int present;

    boolean hasSeq;
    long seq;

    double[] auxValues = new double[8];

    @Override
    void clear() {
        super.clear();
        channels[0] = 0;
        present = 0;
        hasSeq = false;
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
            } else if (type == Wire.VARINT && number == SEQ) {
                seq = in.varint();
                hasSeq = true;
            } else if (!readHead(in, number, type)) {
                keep(in, start, type);
            }
        }
    }

    private void aux(WireReader in, boolean isReplaced) {
        int end = in.end();
        if (isReplaced) {
            in.at = end;
            return;
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
        if (auxCount == auxValues.length) {
            auxValues = Arrays.copyOf(auxValues, 2 * auxCount);
        }
        auxValues[auxCount] = value;
        addAux(position, length);
    }
}
