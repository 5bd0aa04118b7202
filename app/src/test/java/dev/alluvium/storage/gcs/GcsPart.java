package dev.alluvium.storage.gcs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a body of type {@code multipart/related} (RFC 2387). */
final class GcsPart {
    private static final Pattern BOUNDARY = Pattern.compile("multipart/related;.*boundary=\"?([^\";]+)\"?.*");
    private static final Pattern TYPE = Pattern.compile("(?im)^content-type:\\s*(.+?)\\s*$");

    private final String contentType;
    private final byte[] body;

    private GcsPart(String contentType, byte[] body) {
        this.contentType = contentType;
        this.body = body;
    }

    String contentType() {
        return contentType;
    }

    byte[] body() {
        return body;
    }

    /** The parts; none if it is no such body. */
    static List<GcsPart> split(String contentType, byte[] body) {
        Matcher boundary = BOUNDARY.matcher(String.valueOf(contentType));
        List<GcsPart> parts = new ArrayList<>();
        if (!boundary.matches()) {
            return parts;
        }
        // One character per byte, so that positions are the same in both.
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String delimiter = "--" + boundary.group(1);
        int begin = text.indexOf(delimiter);
        while (begin >= 0) {
            int next = text.indexOf("\r\n" + delimiter, begin + delimiter.length());
            int head = text.indexOf("\r\n\r\n", begin);
            if (next < 0 || head < 0 || head > next) {
                return parts;
            }
            Matcher type = TYPE.matcher(text.substring(begin, head));
            parts.add(new GcsPart(type.find() ? type.group(1) : "", Arrays.copyOfRange(body, head + 4, next)));
            begin = next + 2;
        }
        return parts;
    }
}
