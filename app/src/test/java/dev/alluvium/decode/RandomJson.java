package dev.alluvium.decode;

import java.util.Random;

/** Seeded JSON text with all that the grammar allows, and ways to break it. */
final class RandomJson {
    private static final String[] SPACE = {"", "", "", "", " ", "\n", "\t", "\r\n  "};
    private static final String[] PIECES = {
        "a",
        "Z",
        "0",
        " ",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b",
        "\\f",
        "\\n",
        "\\r",
        "\\t",
        "\\u0000",
        "\\u00e9",
        "\\u2028",
        "\\uD83D\\uDE00",
        "\\ud83d",
        "\\uDE00",
        "é",
        "\u2028",
        "😀",
        "\u007f",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "'"
    };
    private static final String BREAKERS = "\"\\{}[],:0123456789eE+-.tfn u\n\u0001";

    private RandomJson() {}

    static String value(Random random, int depth) {
        return space(random) + bare(random, depth) + space(random);
    }

    private static String bare(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 5 : 7);
        return switch (kind) {
            case 0 -> "null";
            case 1 -> random.nextBoolean() ? "true" : "false";
            case 2 -> number(random);
            case 3, 4 -> string(random);
            case 5 -> array(random, depth - 1);
            default -> object(random, depth - 1);
        };
    }

    static String string(Random random) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = random.nextInt(6); i > 0; i--) {
            out.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return out.append('"').toString();
    }

    static String number(Random random) {
        String sign = random.nextInt(4) == 0 ? "-" : "";
        return switch (random.nextInt(6)) {
            case 0 -> sign + random.nextInt(1_000);
            case 1 -> sign + (random.nextLong() >>> (1 + random.nextInt(40)));
            case 2 -> sign + random.nextInt(100_000) + "." + digits(random, 1 + random.nextInt(24));
            case 3 -> sign + random.nextInt(10) + "." + digits(random, 1 + random.nextInt(20)) + exponent(random);
            case 4 -> sign + "0." + "0".repeat(random.nextInt(30)) + digits(random, 1 + random.nextInt(18));
            default -> sign + random.nextInt(10) + exponent(random);
        };
    }

    private static String exponent(Random random) {
        String sign = new String[] {"", "+", "-"}[random.nextInt(3)];
        return (random.nextBoolean() ? "e" : "E") + sign + random.nextInt(random.nextBoolean() ? 30 : 400);
    }

    private static String digits(Random random, int count) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append((char) ('0' + random.nextInt(10)));
        }
        return out.toString();
    }

    private static String array(Random random, int depth) {
        StringBuilder out = new StringBuilder("[").append(space(random));
        for (int i = random.nextInt(4), first = i; i > 0; i--) {
            out.append(i == first ? "" : ",").append(value(random, depth));
        }
        return out.append(']').toString();
    }

    private static String object(Random random, int depth) {
        StringBuilder out = new StringBuilder("{").append(space(random));
        for (int i = random.nextInt(4), first = i; i > 0; i--) {
            out.append(i == first ? "" : ",").append(space(random)).append(string(random));
            out.append(space(random)).append(':').append(value(random, depth));
        }
        return out.append('}').toString();
    }

    private static String space(Random random) {
        return SPACE[random.nextInt(SPACE.length)];
    }

    /** A copy with one to three bytes dropped, changed, doubled or put in. */
    static byte[] mutate(Random random, byte[] original) {
        byte[] text = original;
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(text.length + 1);
            int dropped = Math.min(random.nextInt(2), text.length - at);
            int added = random.nextInt(2);
            byte[] next = new byte[text.length - dropped + added];
            System.arraycopy(text, 0, next, 0, at);
            if (added == 1) {
                next[at] = random.nextInt(3) == 0
                        ? (byte) random.nextInt(256)
                        : (byte) BREAKERS.charAt(random.nextInt(BREAKERS.length()));
            }
            System.arraycopy(text, at + dropped, next, at + added, text.length - at - dropped);
            text = next;
        }
        return text;
    }
}
