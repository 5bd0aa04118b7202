package dev.alluvium.crash;

import dev.alluvium.crash.SourceIndex.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Compares the dead letters with the bad records of their source topic: each one once, whole, with its reason. */
final class DeadLetterCheck {
    private final SourceIndex source;
    private final Findings findings;

    private DeadLetterCheck(SourceIndex source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    static void run(SourceIndex source, Findings findings) {
        DeadLetterCheck check = new DeadLetterCheck(source, findings);
        source.set().deadLetters().forEach(check::look);
        for (ConsumerRecord<byte[], byte[]> record : source.set().source()) {
            Entry entry = Objects.requireNonNull(source.at(record.partition(), record.offset()));
            if (entry.fate instanceof Fate.DeadLetter && entry.deadLetters == 0) {
                findings.add(Problem.DEAD_LETTER_MISSING, entry.where());
            }
        }
    }

    private void look(ConsumerRecord<byte[], byte[]> letter) {
        findings.looked(source.set().pipeline() + " dead letters", 1);
        Entry entry = recordOf(letter);
        if (entry == null || !(entry.fate instanceof Fate.DeadLetter fate)) {
            findings.add(
                    Problem.DEAD_LETTER_FOREIGN,
                    letter.topic() + "@" + letter.offset() + " of " + (entry == null ? "nothing" : entry.where()));
            return;
        }
        entry.deadLetters++;
        if (entry.deadLetters > 1) {
            findings.add(Problem.DEAD_LETTER_DUPLICATED, entry.where());
        }
        String difference = difference(entry.record, letter, fate.reason());
        if (difference != null) {
            findings.add(Problem.DEAD_LETTER_WRONG, entry.where() + ": " + difference);
        }
    }

    private @Nullable Entry recordOf(ConsumerRecord<byte[], byte[]> letter) {
        String partition = header(letter, "partition");
        String offset = header(letter, "offset");
        if (partition == null || offset == null || !source.set().topic().equals(header(letter, "topic"))) {
            return null;
        }
        return source.at(Integer.parseInt(partition), Long.parseLong(offset));
    }

    private static @Nullable String difference(
            ConsumerRecord<byte[], byte[]> record, ConsumerRecord<byte[], byte[]> letter, String reason) {
        if (!Arrays.equals(record.key(), letter.key())) {
            return "another key";
        }
        if (!Arrays.equals(record.value(), letter.value())) {
            return "another value";
        }
        if (!reason.equals(header(letter, "reason"))) {
            return "reason " + header(letter, "reason") + " instead of " + reason;
        }
        if (!Long.toString(record.timestamp()).equals(header(letter, "timestamp"))) {
            return "timestamp " + header(letter, "timestamp") + " instead of " + record.timestamp();
        }
        List<Header> own = new ArrayList<>(List.of(letter.headers().toArray()));
        own.removeIf(header -> header.key().startsWith("alluvium."));
        return own.equals(List.of(record.headers().toArray())) ? null : "other headers: " + own;
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader("alluvium." + name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
