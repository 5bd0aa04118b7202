package dev.alluvium.topology;

import dev.alluvium.metrics.ArchiveMetrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every partition an offset to start from, before anybody reads: nothing ever starts at a default. What is
 * committed already stays; else the ledger's floor counts; else the {@code start} setting.
 */
final class StartOffsets {
    private static final Logger log = LoggerFactory.getLogger(StartOffsets.class);
    /** Metadata of the offsets committed here, and by people; Kafka Streams writes its own with the first record. */
    private static final String NO_METADATA = "";

    private final Admin admin;
    private final PipelineSettings settings;
    private final String group;
    private final ArchiveMetrics.Pipeline metrics;

    StartOffsets(Admin admin, PipelineSettings settings, String group, ArchiveMetrics.Pipeline metrics) {
        this.admin = admin;
        this.settings = settings;
        this.group = group;
        this.metrics = metrics;
    }

    /** The offsets that are committed already. */
    Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        groupOffsets().forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    /**
     * Commits the offsets that are missing, and moves those over a gap that may be passed over.
     *
     * @throws ArchiveStoppedException if a start is unknown or not in the log
     */
    void prepare(SourceFacts source, Ledger ledger) {
        Map<TopicPartition, OffsetAndMetadata> committed = groupOffsets();
        Map<TopicPartition, Long> starts = find(source, ledger, committed);
        Map<TopicPartition, Long> missing = new HashMap<>(starts);
        missing.keySet().removeAll(committed.keySet());
        commit(missing);
        passGaps(starts);
    }

    /** The offsets of the partitions that an archive has read, by its own account. */
    Map<TopicPartition, Long> read(SourceFacts source) {
        Map<TopicPartition, OffsetAndMetadata> committed = groupOffsets();
        Map<TopicPartition, Long> read = new HashMap<>();
        for (TopicPartition partition : StartUpCheck.partitions(source)) {
            OffsetAndMetadata offset = committed.get(partition);
            if (offset != null && !offset.metadata().equals(NO_METADATA)) {
                read.put(partition, offset.offset());
            }
        }
        return read;
    }

    /**
     * Nothing goes on without the ledger of what was read.
     *
     * @param read from {@link #read}, before the ledger was
     * @throws ArchiveStoppedException if the ledger knows nothing of one of them
     */
    void refuseLost(Map<TopicPartition, Long> read, Ledger ledger) {
        read.forEach((partition, offset) -> {
            if (!ledger.knows(partition)) {
                throw new ArchiveStoppedException("group " + group + " has read " + partition + " up to offset "
                        + offset + ", but the ledger knows nothing of it: its changelog topic was deleted"
                        + " or emptied. Restore it, or give the pipeline a new name to archive from a chosen"
                        + " start");
            }
        });
    }

    /**
     * Where each partition would start; commits nothing.
     *
     * @throws ArchiveStoppedException if a start is unknown or not in the log
     */
    Map<TopicPartition, Long> find(SourceFacts source, Ledger ledger) {
        return find(source, ledger, groupOffsets());
    }

    private Map<TopicPartition, Long> find(
            SourceFacts source, Ledger ledger, Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        List<TopicPartition> fresh = new ArrayList<>();
        for (TopicPartition partition : StartUpCheck.partitions(source)) {
            OffsetAndMetadata offset = committed.get(partition);
            Ledger.Entry entry = ledger.of(partition);
            if (offset != null) {
                starts.put(partition, offset.offset());
            } else if (entry.isKnown()) {
                starts.put(partition, entry.partition().entry().floor());
            } else {
                fresh.add(partition);
            }
        }
        refuseBeyondTheEnd(starts);
        starts.putAll(first(fresh));
        return starts;
    }

    /** Of partitions whose log begins after their start: where it begins. */
    Map<TopicPartition, Long> gaps(Map<TopicPartition, Long> starts) {
        Map<TopicPartition, Long> logStarts = list(List.copyOf(starts.keySet()), OffsetSpec.earliest());
        logStarts.entrySet().removeIf(begin -> begin.getValue() <= Objects.requireNonNull(starts.get(begin.getKey())));
        return logStarts;
    }

    /** Offsets between the starts and the ends of their logs. */
    long behind(Map<TopicPartition, Long> starts) {
        return list(List.copyOf(starts.keySet()), OffsetSpec.latest()).entrySet().stream()
                .mapToLong(end -> end.getValue() - Objects.requireNonNull(starts.get(end.getKey())))
                .sum();
    }

    private Map<TopicPartition, OffsetAndMetadata> groupOffsets() {
        Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
        KafkaFutures.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        known.put(partition, offset);
                    }
                });
        return known;
    }

    /** Where the {@code start} setting lets partitions begin; once committed, nobody looks at it again. */
    private Map<TopicPartition, Long> first(List<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        String setting = "pipelines[" + settings.name() + "].source.start";
        StartPosition start = settings.source().start();
        if (start instanceof StartPosition.Offsets offsets) {
            return inTheLog(new OffsetsFile(offsets.file(), setting).offsets(partitions));
        }
        if (start instanceof StartPosition.Group old) {
            return inTheLog(new OldGroup(admin, old.id(), setting + ".group").offsets(partitions));
        }
        if (start instanceof StartPosition.Latest) {
            return list(partitions, OffsetSpec.latest());
        }
        if (start instanceof StartPosition.At at) {
            Map<TopicPartition, Long> found =
                    list(partitions, OffsetSpec.forTimestamp(at.time().toEpochMilli()));
            Map<TopicPartition, Long> ends = list(partitions, OffsetSpec.latest());
            found.replaceAll((partition, offset) -> offset >= 0 ? offset : Objects.requireNonNull(ends.get(partition)));
            return found;
        }
        return list(partitions, OffsetSpec.earliest());
    }

    /** Refuses what is not in the log: a number that somebody wrote, or that a group left, may be of another topic. */
    private Map<TopicPartition, Long> inTheLog(Map<TopicPartition, NamedStart> named) {
        Map<TopicPartition, Long> begins = list(List.copyOf(named.keySet()), OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = list(List.copyOf(named.keySet()), OffsetSpec.latest());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        named.forEach((partition, start) -> {
            long begin = Objects.requireNonNull(begins.get(partition));
            long end = Objects.requireNonNull(ends.get(partition));
            String found =
                    start.where() + " lets " + partition + " begin at offset " + start.offset() + ", but its log ";
            if (start.offset() > end) {
                throw new ArchiveStoppedException(found + "ends at " + end + ": " + start.remedy());
            }
            if (start.offset() < begin && settings.source().onGap() == SourceSettings.GapPolicy.STOP) {
                throw new ArchiveStoppedException(found + "begins at " + begin + ": " + start.remedy()
                        + "; if the offset is right and what is between is lost, pipelines[" + settings.name()
                        + "].source.onGap: continue begins at " + begin);
            }
            offsets.put(partition, start.offset());
        });
        return offsets;
    }

    /** Commits the first offsets. Another instance may be faster; then its offsets are as good. */
    private void commit(Map<TopicPartition, Long> offsets) {
        if (offsets.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> marked = offsets.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> new OffsetAndMetadata(e.getValue(), NO_METADATA)));
        try {
            KafkaFutures.get(admin.alterConsumerGroupOffsets(group, marked).all());
            log.atInfo()
                    .addKeyValue("group", group)
                    .addKeyValue("offsets", offsets)
                    .log("partitions start here");
        } catch (KafkaException e) {
            if (!groupOffsets().keySet().containsAll(offsets.keySet())) {
                throw new KafkaException(
                        "group " + group + " is running and has no offsets for new partitions " + offsets.keySet()
                                + ": stop all instances, then start them again",
                        e);
            }
        }
    }

    /** Kafka has no place there to read from, and would not say so before it is asked for records. */
    private void refuseBeyondTheEnd(Map<TopicPartition, Long> offsets) {
        list(List.copyOf(offsets.keySet()), OffsetSpec.latest()).forEach((partition, end) -> {
            long offset = Objects.requireNonNull(offsets.get(partition));
            if (offset > end) {
                throw new ArchiveStoppedException("pipeline " + settings.name() + " is to read " + partition
                        + " from offset " + offset + ", but its log ends at " + end + ": the offset is wrong, or the"
                        + " broker lost the end of the log. Reset the offset of group " + group);
            }
        });
    }

    private void passGaps(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, Long> moved = gaps(offsets);
        Map<String, Long> lost = new HashMap<>();
        moved.forEach((partition, logStart) -> {
            long offset = Objects.requireNonNull(offsets.get(partition));
            lost.merge(partition.topic(), logStart - offset, Long::sum);
            log.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("from", offset)
                    .addKeyValue("to", logStart)
                    .log("the broker dropped records before they were archived");
        });
        if (moved.isEmpty()) {
            return;
        }
        boolean isToStop = settings.source().onGap() == SourceSettings.GapPolicy.STOP;
        if (!isToStop) {
            goOnAt(moved);
        }
        lost.forEach((topic, count) -> metrics.source(topic).gapLost(count));
        if (isToStop) {
            throw new ArchiveStoppedException("the broker dropped offsets before they were archived " + lost + " in "
                    + moved.keySet() + ": retention is shorter than the archive's lag. To go on without them, set"
                    + " pipelines[" + settings.name() + "].source.onGap: continue");
        }
    }

    private void goOnAt(Map<TopicPartition, Long> moved) {
        Map<TopicPartition, OffsetAndMetadata> offsets = moved.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> new OffsetAndMetadata(e.getValue(), NO_METADATA)));
        KafkaFutures.get(admin.alterConsumerGroupOffsets(group, offsets).all());
    }

    private Map<TopicPartition, Long> list(List<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> request =
                partitions.stream().collect(Collectors.toMap(Function.identity(), p -> spec));
        Map<TopicPartition, Long> found = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> entry :
                KafkaFutures.get(admin.listOffsets(request).all()).entrySet()) {
            found.put(entry.getKey(), entry.getValue().offset());
        }
        return found;
    }
}
