package dev.alluvium.registry;

/** The words of a .proto text one after the other: identifiers, numbers, strings with their quotes, single symbols. */
final class ProtoTokens {
    private static final String WORD = "_.+-";

    private final String text;
    private int at;
    private int line = 1;
    private String token = "";

    ProtoTokens(String text) {
        this.text = text;
        next();
    }

    /** The token that comes next; empty at the end of the text. */
    String peek() {
        return token;
    }

    boolean isAtEnd() {
        return token.isEmpty();
    }

    /** Takes the next token. */
    String take() {
        if (token.isEmpty()) {
            throw problem("ends too early");
        }
        String taken = token;
        next();
        return taken;
    }

    /** Takes the next token if it is the one. */
    boolean takes(String wanted) {
        if (!token.equals(wanted)) {
            return false;
        }
        next();
        return true;
    }

    /** Takes the next token, which must be the one. */
    void expect(String wanted) {
        if (!takes(wanted)) {
            throw problem("needs \"" + wanted + "\", not \"" + token + "\"");
        }
    }

    /** Takes strings, which are one if they follow each other, and gives what they say. */
    String takeString() {
        if (!isString()) {
            throw problem("needs a string, not \"" + token + "\"");
        }
        StringBuilder all = new StringBuilder();
        while (isString()) {
            String quoted = take();
            all.append(quoted, 1, quoted.length() - 1);
        }
        return all.toString();
    }

    boolean isString() {
        return token.startsWith("\"") || token.startsWith("'");
    }

    int takeNumber() {
        String number = take();
        try {
            return Long.decode(number).intValue();
        } catch (NumberFormatException e) {
            throw problem("needs a number, not \"" + number + "\"");
        }
    }

    IllegalArgumentException problem(String what) {
        return new IllegalArgumentException("line " + line + " of the schema " + what);
    }

    private void next() {
        skipBlank();
        int start = at;
        if (at == text.length()) {
            token = "";
            return;
        }
        char c = text.charAt(at++);
        if (c == '"' || c == '\'') {
            string(c);
        } else if (isWord(c)) {
            while (at < text.length() && isWord(text.charAt(at))) {
                at++;
            }
        }
        token = text.substring(start, at);
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || WORD.indexOf(c) >= 0;
    }

    private void string(char quote) {
        while (at < text.length() && text.charAt(at) != quote && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length() || text.charAt(at) != quote) {
            throw problem("has a string that does not end");
        }
        at++;
    }

    private void skipBlank() {
        while (at < text.length()) {
            if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw problem("has a comment that does not end");
                }
                line += (int)
                        text.substring(at, end).chars().filter(c -> c == '\n').count();
                at = end + 2;
            } else if (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '\uFEFF') {
                line += text.charAt(at) == '\n' ? 1 : 0;
                at++;
            } else {
                return;
            }
        }
    }
}
