package dev.alluvium.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Lines of {@code topic,partition,offset}, written by a person or by {@code kafka-consumer-groups --export}.
 *
 * @param setting that names the file, for messages
 */
record OffsetsFile(Path file, String setting) {

    /**
     * What the file says of these partitions; lines of others are not looked at.
     *
     * @throws ArchiveStoppedException if the file cannot be read, or does not have exactly one offset of each
     */
    Map<TopicPartition, NamedStart> offsets(Collection<TopicPartition> partitions) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new ArchiveStoppedException(setting + ": cannot read " + file + ": " + e, e);
        }
        Map<TopicPartition, NamedStart> offsets = new HashMap<>();
        partitions.forEach(partition -> offsets.put(partition, offset(lines, partition)));
        return offsets;
    }

    private NamedStart offset(List<String> lines, TopicPartition partition) {
        String wanted = partition.topic() + "," + partition.partition() + ",";
        int found = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith(wanted)) {
                if (found >= 0) {
                    throw new ArchiveStoppedException(where(i) + " is a second line of " + partition + ", after line "
                            + (found + 1) + "; keep one of them");
                }
                found = i;
            }
        }
        if (found < 0) {
            throw new ArchiveStoppedException(setting + ": " + file + " has no line '" + wanted + "OFFSET'");
        }
        String text = lines.get(found).strip().substring(wanted.length()).strip();
        try {
            long offset = Long.parseLong(text);
            if (offset >= 0) {
                return new NamedStart(offset, where(found), "correct the line");
            }
        } catch (NumberFormatException e) {
            throw new ArchiveStoppedException(notAnOffset(found, text), e);
        }
        throw new ArchiveStoppedException(notAnOffset(found, text));
    }

    private String notAnOffset(int index, String text) {
        return where(index) + ": \"" + text + "\" is not an offset; write a number, at least 0";
    }

    private String where(int index) {
        return setting + ": " + file + ":" + (index + 1);
    }
}
