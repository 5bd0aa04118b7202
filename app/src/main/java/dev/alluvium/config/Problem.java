package dev.alluvium.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file as the caller named it
 * @param line counted from 1; 0 if the problem is the file as a whole
 * @param path of the setting ({@code pipelines[0].rotation.age}); empty if there is none
 * @param message what is wrong and what to write instead; never holds a substituted value, which may be a secret
 */
public record Problem(String file, int line, String path, String message) {

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}\\x{2029}]");

    /** One line: {@code FILE:LINE: PATH: MESSAGE}. What a file's text could break it with is escaped. */
    @Override
    public String toString() {
        String text = file + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message;
        return UNPRINTABLE
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        String.format("\\u%04x", (int) found.group().charAt(0))));
    }
}
