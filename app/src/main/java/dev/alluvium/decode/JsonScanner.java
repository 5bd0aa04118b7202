package dev.alluvium.decode;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Strict RFC 8259 validation of a range of bytes that makes no object: the whole range is exactly one value, in
 * well-formed UTF-8. What the methods return is about the range scanned last. Reused by one thread.
 */
final class JsonScanner {
    /** How deep arrays and objects may nest: as deep as Jackson reads by default. */
    static final int MAX_DEPTH = 1_000;

    /** What a valid range holds. */
    enum Kind {
        NULL,
        TRUE,
        FALSE,
        NUMBER,
        STRING,
        OBJECT,
        ARRAY
    }

    /** Why a range is not valid. */
    enum Fault {
        NOT_JSON,
        /** JSON but for a string with bytes that are no UTF-8. */
        NOT_UTF8,
        TOO_DEEP
    }

    private static final long MAX_EXACT_INTEGER = 1L << 53;
    private static final int MAX_LONG_DIGITS = 18;
    /** Powers of ten; up to the 22nd they are exact doubles. */
    private static final double[] POWERS = new double[MAX_LONG_DIGITS + 1];

    static {
        for (int i = 0; i <= MAX_LONG_DIGITS; i++) {
            POWERS[i] = Double.parseDouble("1e" + i);
        }
    }

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    /** One bit per open container: set for an object. */
    private final long[] containers = new long[MAX_DEPTH / Long.SIZE + 1];

    private byte[] bytes = {};
    private int at;
    private int end;
    private Kind kind = Kind.NULL;
    private int valueStart;
    private int valueEnd;
    private boolean hasEscapes;
    private boolean hasLoneSurrogates;
    private @Nullable Fault fault;

    /** Validates the bytes from {@code from} to {@code to}, exclusive; returns null, or what is wrong. */
    @Nullable
    Fault scan(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        at = from;
        end = to;
        fault = null;
        skipSpace();
        valueStart = at;
        if (at == end) {
            return Fault.NOT_JSON;
        }
        int first = bytes[at];
        if (first == '{' || first == '[') {
            kind = first == '{' ? Kind.OBJECT : Kind.ARRAY;
            scanContainer();
        } else {
            kind = scanScalar();
        }
        valueEnd = at;
        skipSpace();
        if (fault == null && at != end) {
            fault = Fault.NOT_JSON;
        }
        return fault;
    }

    Kind kind() {
        return kind;
    }

    /** Where the value begins, after leading white space. */
    int valueStart() {
        return valueStart;
    }

    /** Where the value ends, exclusive, before trailing white space. */
    int valueEnd() {
        return valueEnd;
    }

    /** Where the scan stopped: for a faulty range the place of the fault. */
    int position() {
        return at;
    }

    /** Whether a string value has escapes, so that its bytes are not its content. */
    boolean hasEscapes() {
        return hasEscapes;
    }

    /** Whether a string value has an escaped surrogate without its other half, which no UTF-8 can hold. */
    boolean hasLoneSurrogates() {
        return hasLoneSurrogates;
    }

    /** The number value, rounded to the nearest double; infinite if it is too great. */
    double number() {
        long digits = 0;
        int digitCount = 0;
        int scale = 0;
        boolean afterPoint = false;
        boolean isNegative = bytes[valueStart] == '-';
        int i = isNegative ? valueStart + 1 : valueStart;
        for (; i < valueEnd; i++) {
            int c = bytes[i];
            if (c == '.') {
                afterPoint = true;
            } else if (c >= '0' && c <= '9') {
                digits = digits * 10 + (c - '0');
                digitCount++;
                scale -= afterPoint ? 1 : 0;
            } else {
                break;
            }
        }
        // Clinger's fast path: both parts are exact doubles, so that one operation rounds once.
        if (i == valueEnd && digitCount <= MAX_LONG_DIGITS && digits <= MAX_EXACT_INTEGER) {
            double magnitude = (double) digits / POWERS[-scale];
            return isNegative ? -magnitude : magnitude;
        }
        return Double.parseDouble(new String(bytes, valueStart, valueEnd - valueStart, StandardCharsets.ISO_8859_1));
    }

    private void scanContainer() {
        int depth = 0;
        // Each turn begins at a value and ends before the next one or after the last.
        while (true) {
            int c = peek();
            if (c == '{' || c == '[') {
                if (depth == MAX_DEPTH) {
                    fault = Fault.TOO_DEEP;
                    return;
                }
                boolean isObject = c == '{';
                setContainer(depth++, isObject);
                at++;
                skipSpace();
                if (peek() != (isObject ? '}' : ']')) {
                    if (isObject && !scanMemberName()) {
                        return;
                    }
                    continue;
                }
            } else {
                scanScalar();
                if (fault != null) {
                    return;
                }
                skipSpace();
            }
            while (peek() == (isObject(depth - 1) ? '}' : ']')) {
                at++;
                depth--;
                if (depth == 0) {
                    return;
                }
                skipSpace();
            }
            if (peek() != ',') {
                fault = Fault.NOT_JSON;
                return;
            }
            at++;
            skipSpace();
            if (isObject(depth - 1) && !scanMemberName()) {
                return;
            }
        }
    }

    private void setContainer(int depth, boolean isObject) {
        long bit = 1L << depth;
        if (isObject) {
            containers[depth >> 6] |= bit;
        } else {
            containers[depth >> 6] &= ~bit;
        }
    }

    private boolean isObject(int depth) {
        return (containers[depth >> 6] & 1L << depth) != 0;
    }

    /** A name, its colon and the space after it; false with a fault if they are not there. */
    private boolean scanMemberName() {
        if (peek() != '"') {
            fault = Fault.NOT_JSON;
            return false;
        }
        scanString();
        skipSpace();
        if (fault == null && peek() != ':') {
            fault = Fault.NOT_JSON;
        }
        if (fault != null) {
            return false;
        }
        at++;
        skipSpace();
        return true;
    }

    private Kind scanScalar() {
        int c = peek();
        switch (c) {
            case '"' -> {
                scanString();
                return Kind.STRING;
            }
            case 't' -> {
                scanWord(TRUE);
                return Kind.TRUE;
            }
            case 'f' -> {
                scanWord(FALSE);
                return Kind.FALSE;
            }
            case 'n' -> {
                scanWord(NULL);
                return Kind.NULL;
            }
            default -> {
                scanNumber();
                return Kind.NUMBER;
            }
        }
    }

    private void scanWord(byte[] word) {
        for (byte letter : word) {
            if (peek() != letter) {
                fault = Fault.NOT_JSON;
                return;
            }
            at++;
        }
    }

    private void scanNumber() {
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            scanDigits();
        }
        if (fault == null && peek() == '.') {
            at++;
            scanDigits();
        }
        if (fault == null && (peek() | 0x20) == 'e') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            scanDigits();
        }
    }

    private void scanDigits() {
        int start = at;
        while (isDigit(peek())) {
            at++;
        }
        if (at == start) {
            fault = Fault.NOT_JSON;
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private void scanString() {
        hasEscapes = false;
        hasLoneSurrogates = false;
        byte[] source = bytes;
        int to = end;
        int start = at + 1;
        int i = start;
        // No byte of a longer UTF-8 sequence is a quote or backslash: it is judged when the end is found.
        int signs = 0;
        while (i < to) {
            int c = source[i];
            signs |= c;
            if (c == '"') {
                at = i + 1;
                if (signs < 0 && !Utf8.isValid(source, start, i)) {
                    fault = Fault.NOT_UTF8;
                }
                return;
            } else if (c == '\\') {
                int length = escapeLength(i);
                if (length == 0) {
                    break;
                }
                i += length;
            } else if (c >= 0 && c < ' ') {
                break;
            } else {
                i++;
            }
        }
        at = i;
        fault = Fault.NOT_JSON;
    }

    /** Length of the escape, or of the pair of surrogate escapes, that begins here; 0 if it is none. */
    private int escapeLength(int start) {
        hasEscapes = true;
        if (start + 1 >= end) {
            return 0;
        }
        switch (bytes[start + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                return 2;
            }
            case 'u' -> {
                int unit = unit(bytes, start, end);
                if (unit < 0) {
                    return 0;
                }
                if (!isSurrogate(unit)) {
                    return 6;
                }
                if (Character.isHighSurrogate((char) unit) && isLowUnit(unit(bytes, start + 6, end))) {
                    return 12;
                }
                hasLoneSurrogates = true;
                return 6;
            }
            default -> {
                return 0;
            }
        }
    }

    private static boolean isSurrogate(int unit) {
        return Character.isSurrogate((char) unit);
    }

    private static boolean isLowUnit(int unit) {
        return unit >= 0 && Character.isLowSurrogate((char) unit);
    }

    /** The UTF-16 unit that a six-byte unicode escape stands for, or -1 if there is no such escape here. */
    private static int unit(byte[] source, int start, int to) {
        if (start + 6 > to || source[start] != '\\' || source[start + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = start + 2; i < start + 6; i++) {
            int digit = Character.digit(source[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /**
     * Writes the content of a valid string, given without its quotes and without lone surrogates, as UTF-8 at the start
     * of {@code out}, which is at least as long; returns the length.
     */
    static int unescape(byte[] source, int from, int to, byte[] out) {
        int length = 0;
        int i = from;
        while (i < to) {
            byte c = source[i];
            if (c != '\\') {
                out[length++] = c;
                i++;
            } else if (source[i + 1] != 'u') {
                out[length++] = unescaped(source[i + 1]);
                i += 2;
            } else {
                int point = unit(source, i, to);
                i += 6;
                if (isSurrogate(point)) {
                    point = Character.toCodePoint((char) point, (char) unit(source, i, to));
                    i += 6;
                }
                length = encode(point, out, length);
            }
        }
        return length;
    }

    private static byte unescaped(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> letter;
        };
    }

    private static int encode(int point, byte[] out, int at) {
        int i = at;
        if (point < 0x80) {
            out[i++] = (byte) point;
        } else if (point < 0x800) {
            out[i++] = (byte) (0xC0 | point >> 6);
            out[i++] = (byte) (0x80 | (point & 0x3F));
        } else if (point < 0x10000) {
            out[i++] = (byte) (0xE0 | point >> 12);
            out[i++] = (byte) (0x80 | (point >> 6 & 0x3F));
            out[i++] = (byte) (0x80 | (point & 0x3F));
        } else {
            out[i++] = (byte) (0xF0 | point >> 18);
            out[i++] = (byte) (0x80 | (point >> 12 & 0x3F));
            out[i++] = (byte) (0x80 | (point >> 6 & 0x3F));
            out[i++] = (byte) (0x80 | (point & 0x3F));
        }
        return i;
    }

    private int peek() {
        return at < end ? bytes[at] : -1;
    }

    private void skipSpace() {
        while (at < end) {
            int c = bytes[at];
            if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
                return;
            }
            at++;
        }
    }
}
