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
                readAux(in, replaced.get(start));
            } else if (type == Wire.VARINT && number == SEQ) {
                seq = in.varint();
                hasSeq = true;
            } else if (!readHead(in, number, type)) {
                keep(in, start, type);
            }
        }
    }

    @Override
    void openAux() {
        if (auxCount == auxValues.length) {
            auxValues = Arrays.copyOf(auxValues, 2 * auxCount);
        }
        auxValues[auxCount] = 0;
    }

    @Override
    boolean readAuxValue(WireReader in, int type) {
        if (type != Wire.FIXED64) {
            return false;
        }
        auxValues[auxCount] = Double.longBitsToDouble(in.fixed64());
        return true;
    }

    @Override
    boolean isAuxKept() {
        return true;
    }
}
