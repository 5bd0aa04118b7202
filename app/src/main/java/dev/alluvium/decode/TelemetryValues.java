package dev.alluvium.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What samples and laps have in common, taken from checked bytes into fields that are reused: no object per record. */
abstract class TelemetryValues {
    /** {@code time} and the eleven optional channels, fields 3 to 14. */
    static final int CHANNELS = 12;

    static final int FIRST_CHANNEL = 3;
    static final int AUX = 15;

    long sessionId;
    int lapNumber;

    /** Auxiliary channels: where their names are. */
    int auxCount;

    int[] auxPositions = new int[8];
    int[] auxLengths = new int[8];

    byte[] unknown = new byte[64];
    int unknownLength;

    void clear() {
        sessionId = 0;
        lapNumber = 0;
        auxCount = 0;
        unknownLength = 0;
    }

    /** Whether a field is one of those that all have; then it is read. */
    final boolean readHead(WireReader in, int number, int type) {
        if (type != Wire.VARINT || number > 2) {
            return false;
        }
        if (number == 1) {
            sessionId = in.varint();
        } else {
            lapNumber = (int) in.varint();
        }
        return true;
    }

    /** Makes room for what the next auxiliary channel has; it has nothing yet. */
    abstract void openAux();

    /** Reads what an entry has as its value; false if it is of no type that a value has, and then nothing is read. */
    abstract boolean readAuxValue(WireReader in, int type);

    /** Whether what was read of the auxiliary channel opened last makes it one. */
    abstract boolean isAuxKept();

    /** Reads an entry of the map of auxiliary channels; one that a later entry replaces is skipped. */
    final void readAux(WireReader in, boolean isReplaced) {
        int end = in.end();
        if (isReplaced) {
            in.at = end;
            return;
        }
        openAux();
        int position = in.at;
        int length = 0;
        while (in.at < end) {
            int tag = (int) in.varint();
            int type = tag & 7;
            if (tag == (1 << 3 | Wire.LENGTH)) {
                int keyEnd = in.end();
                position = in.at;
                length = keyEnd - position;
                in.at = keyEnd;
            } else if (tag >>> 3 != 2 || !readAuxValue(in, type)) {
                in.skip(type);
            }
        }
        if (isAuxKept()) {
            addAux(position, length);
        }
    }

    private void addAux(int position, int length) {
        if (auxCount == auxPositions.length) {
            auxPositions = Arrays.copyOf(auxPositions, 2 * auxCount);
            auxLengths = Arrays.copyOf(auxLengths, 2 * auxCount);
        }
        auxPositions[auxCount] = position;
        auxLengths[auxCount] = length;
        auxCount++;
    }

    final String auxName(byte[] value, int index) {
        return new String(value, auxPositions[index], auxLengths[index], StandardCharsets.UTF_8);
    }

    /** Skips an unknown field, whose tag begins at {@code start}, and keeps its bytes. */
    final void keep(WireReader in, int start, int type) {
        in.skip(type);
        int length = in.at - start;
        if (unknownLength + length > unknown.length) {
            unknown = Arrays.copyOf(unknown, Math.max(2 * unknown.length, unknownLength + length));
        }
        System.arraycopy(in.bytes, start, unknown, unknownLength, length);
        unknownLength += length;
    }
}
