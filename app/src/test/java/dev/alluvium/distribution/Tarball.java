package dev.alluvium.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.parquet.WriterVersion;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The tarball that this build packed. */
final class Tarball {
    /** The one folder in it. */
    static final String ROOT = "alluvium-" + WriterVersion.current();

    static final Path FILE = Path.of("target", ROOT + ".tar.gz");
    static final Path SBOM = Path.of("target", ROOT + ".cdx.json");

    private static final int BLOCK = 512;

    private Tarball() {}

    /** What a tar header says of an entry. */
    record Entry(String name, int mode, int uid, int gid, String user, String group, Instant modified) {}

    /** Unpacks it as a person does, and returns the folder that came out. */
    static Path unpack(Path into) throws Exception {
        assertThat(FILE).as("./mvnw package makes it").isRegularFile();
        Process tar = new ProcessBuilder("tar", "-xzf", FILE.toAbsolutePath().toString())
                .directory(into.toFile())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        return into.resolve(ROOT);
    }

    /** All entries, in their order. */
    static List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (InputStream file = Files.newInputStream(FILE);
                DataInputStream tar = new DataInputStream(new BufferedInputStream(new GZIPInputStream(file)))) {
            byte[] header = new byte[BLOCK];
            for (tar.readFully(header); header[0] != 0; tar.readFully(header)) {
                long size = octal(header, 124, 12);
                tar.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
                String prefix = text(header, 345, 155);
                entries.add(new Entry(
                        prefix.isEmpty() ? text(header, 0, 100) : prefix + "/" + text(header, 0, 100),
                        (int) octal(header, 100, 8),
                        (int) octal(header, 108, 8),
                        (int) octal(header, 116, 8),
                        text(header, 265, 32),
                        text(header, 297, 32),
                        Instant.ofEpochSecond(octal(header, 136, 12))));
            }
        }
        return entries;
    }

    private static long octal(byte[] header, int from, int length) {
        return Long.parseLong(text(header, from, length).trim(), 8);
    }

    private static String text(byte[] header, int from, int length) {
        byte[] field = Arrays.copyOfRange(header, from, from + length);
        int end = 0;
        while (end < length && field[end] != 0) {
            end++;
        }
        return new String(field, 0, end, StandardCharsets.UTF_8);
    }
}
