package dev.alluvium.decode;

import dev.alluvium.arrow.DoubleColumn;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a lap, one array per channel, packed or not. Arrays that come again are continued, as protobuf merges
 * them. An auxiliary channel without values is as good as none.
 */
final class LapValues extends TelemetryValues {
    private static final String[] NAMES = {
        "time", "distance", "lat", "long", "speed", "rpm", "throttle", "brake", "gear", "steering", "glat", "glong"
    };

    /** The values of a channel. */
    static final class Values {
        private double[] values = {};
        private int count;

        int count() {
            return count;
        }

        void appendTo(DoubleColumn column) {
            for (int i = 0; i < count; i++) {
                column.append(values[i]);
            }
        }

        private void read(WireReader in, int type) {
            if (type == Wire.FIXED64) {
                reserve(1);
                values[count++] = Double.longBitsToDouble(in.fixed64());
                return;
            }
            int end = in.end();
            reserve((end - in.at) / Double.BYTES);
            while (in.at < end) {
                values[count++] = Double.longBitsToDouble(in.fixed64());
            }
        }

        private void reserve(int more) {
            if (count + more > values.length) {
                values = Arrays.copyOf(values, Math.max(2 * values.length, count + more));
            }
        }
    }

    final Values[] channels = new Values[CHANNELS];
    private Values[] auxValues = {};

    LapValues() {
        Arrays.setAll(channels, i -> new Values());
    }

    @Override
    void clear() {
        super.clear();
        for (Values channel : channels) {
            channel.count = 0;
        }
    }

    /** Samples of the lap. */
    int size() {
        return channels[0].count;
    }

    Values aux(int index) {
        return auxValues[index];
    }

    /** Reads the lap that reaches to {@code end}, without the map entries that start at a replaced position. */
    void read(WireReader in, int end, BitSet replaced) {
        while (in.at < end) {
            int start = in.at;
            int tag = (int) in.varint();
            int number = tag >>> 3;
            int type = tag & 7;
            boolean isChannel = number >= FIRST_CHANNEL && number < FIRST_CHANNEL + CHANNELS;
            if (isChannel && (type == Wire.LENGTH || type == Wire.FIXED64)) {
                channels[number - FIRST_CHANNEL].read(in, type);
            } else if (type == Wire.LENGTH && number == AUX) {
                readAux(in, replaced.get(start));
            } else if (!readHead(in, number, type)) {
                keep(in, start, type);
            }
        }
    }

    @Override
    void openAux() {
        if (auxCount == auxValues.length) {
            auxValues = Arrays.copyOf(auxValues, Math.max(8, 2 * auxCount));
            for (int i = auxCount; i < auxValues.length; i++) {
                auxValues[i] = new Values();
            }
        }
        auxValues[auxCount].count = 0;
    }

    @Override
    boolean readAuxValue(WireReader in, int type) {
        if (type != Wire.LENGTH) {
            return false;
        }
        readValues(in, in.end(), auxValues[auxCount]);
        return true;
    }

    @Override
    boolean isAuxKept() {
        return auxValues[auxCount].count > 0;
    }

    private static void readValues(WireReader in, int end, Values values) {
        while (in.at < end) {
            int tag = (int) in.varint();
            int type = tag & 7;
            if (tag >>> 3 == 1 && (type == Wire.LENGTH || type == Wire.FIXED64)) {
                values.read(in, type);
            } else {
                in.skip(type);
            }
        }
    }

    /** The first array that has not as many values as {@code time}, and how many; null if all are even. */
    @Nullable
    String uneven(byte[] value) {
        for (int i = 1; i < CHANNELS; i++) {
            if (channels[i].count != 0 && channels[i].count != size()) {
                return NAMES[i] + " has " + channels[i].count;
            }
        }
        for (int i = 0; i < auxCount; i++) {
            if (auxValues[i].count != size()) {
                return auxName(value, i) + " has " + auxValues[i].count;
            }
        }
        return null;
    }
}
