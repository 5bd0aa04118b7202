package dev.alluvium.crash;

import dev.alluvium.proto.manifest.v1.DataFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;

/** Compares what the manifest says of a file with the object and its footer. */
final class ManifestCheck {
    private final String key;
    private final DataFile named;
    private final Path object;
    private final Map<String, String> footer;
    private final Findings findings;

    ManifestCheck(String key, DataFile named, Path object, Map<String, String> footer, Findings findings) {
        this.key = key;
        this.named = named;
        this.object = object;
        this.footer = footer;
        this.findings = findings;
    }

    void run() throws IOException {
        expect("size", Files.size(object), named.getBytes());
        String checksum = named.getObjectChecksum();
        expect("checksum", checksum(checksum.replaceFirst(":.*", "")), checksum);
        expectFooter("cluster.id", named.getClusterId());
        expectFooter("topic", named.getTopic());
        expectFooter("topic.id", named.getTopicId());
        expectFooter("partition", named.getPartition());
        expectFooter("pipeline", named.getPipeline());
        expectFooter("group", named.getGroup());
        expectFooter("offset.first", named.getFirstOffset());
        expectFooter("offset.last", named.getLastOffset());
        expectFooter("offset.end", named.getEndOffset());
        expectFooter("records", named.getRecords());
        expectFooter("rows", named.getRows());
        expectFooter("source.checksum", Long.toHexString(named.getSourceChecksum()));
        expectFooter("timestamp.min", named.getMinTimestampMs());
        expectFooter("timestamp.max", named.getMaxTimestampMs());
        expectFooter("schema.fingerprint", named.getSchemaFingerprint());
    }

    /** The object's checksum under an algorithm that stores use; another one is a problem of its own. */
    private String checksum(String algorithm) throws IOException {
        byte[] bytes = Files.readAllBytes(object);
        switch (algorithm) {
            case "crc32c" -> {
                CRC32C crc = new CRC32C();
                crc.update(bytes);
                return String.format("crc32c:%08x", crc.getValue());
            }
            case "sha256" -> {
                try {
                    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
                    return "sha256:" + HexFormat.of().formatHex(hash);
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            }
            default -> {
                return "one of crc32c, sha256";
            }
        }
    }

    private void expectFooter(String name, Object found) {
        expect(name, footer.getOrDefault("alluvium." + name, ""), found);
    }

    private void expect(String what, Object expected, Object found) {
        if (!String.valueOf(expected).equals(String.valueOf(found))) {
            findings.add(Problem.MANIFEST_WRONG, key + ": " + what + " is " + found + " instead of " + expected);
        }
    }
}
