package dev.alluvium.bench.process;

import dev.alluvium.bench.BenchData;
import java.nio.file.Path;
import java.util.List;

/**
 * What a contestant is told, on its command line.
 *
 * @param records the topic's, after which it is done
 * @param files where finished files go, named {@code *.parquet}; whatever else is there has another name
 * @param work where it may write anything else
 */
record Task(String bootstrapServers, BenchData data, String topic, long records, Path files, Path work) {
    /** Reading threads of every contestant. */
    static final int THREADS = 2;

    /** Records of a poll, of every contestant. */
    static final int POLL_RECORDS = 5_000;

    List<String> arguments() {
        return List.of(bootstrapServers, data.name(), topic, Long.toString(records), files.toString(), work.toString());
    }

    static Task of(String... arguments) {
        return new Task(
                arguments[0],
                BenchData.valueOf(arguments[1]),
                arguments[2],
                Long.parseLong(arguments[3]),
                Path.of(arguments[4]),
                Path.of(arguments[5]));
    }
}
