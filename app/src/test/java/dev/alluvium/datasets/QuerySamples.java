package dev.alluvium.datasets;

import com.google.protobuf.Timestamp;
import dev.alluvium.proto.queries.v1.IndexAdvice;
import dev.alluvium.proto.queries.v1.OptimizationSummary;
import dev.alluvium.proto.queries.v1.QueryPerf;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Generated figures of a database's queries, the same for the same seed, with the two of requirements 6.5 in front. */
final class QuerySamples {
    static final LocalDate DAY = LocalDate.of(2025, 10, 28);

    private static final Instant MIDNIGHT = Instant.parse("2025-10-28T00:00:00Z");
    private static final int SECONDS = 86_400;
    private static final List<String> TABLES =
            List.of("embeddings", "query_log", "users", "documents", "sessions", "jobs", "events", "tags");
    private static final List<String> TYPES = List.of("SELECT", "SELECT", "SELECT", "INSERT", "UPDATE", "DELETE");

    private final long seed;

    QuerySamples(long seed) {
        this.seed = seed;
    }

    /** Executions in the order of their time, all of one UTC day. */
    List<QueryPerf> executions(int count) {
        Random random = new Random(seed);
        Stream<QueryPerf> given = Stream.of(
                execution("2025-10-28T00:15:23Z", "a1b2c3", "SELECT", 45.2, 1234, 10, "embeddings", "idx_namespace"),
                execution("2025-10-28T00:16:01Z", "d4e5f6", "INSERT", 12.8, 1, 1, "query_log", "PRIMARY"));
        Stream<QueryPerf> generated = IntStream.range(0, count - 2).mapToObj(i -> {
            int query = (int) (Math.abs(random.nextGaussian()) * 20);
            String table = TABLES.get(query % TABLES.size());
            QueryPerf.Builder execution = QueryPerf.newBuilder()
                    .setTimestamp(time(MIDNIGHT.plusSeconds(1_000L + (long) i * (SECONDS - 1_000) / count)))
                    .setQueryHash(Integer.toHexString(0xa00000 + query * 7919))
                    .setQueryType(TYPES.get(query % TYPES.size()))
                    .setExecutionTimeMs(Math.round(random.nextDouble() * 1_000) / 10.0)
                    .setRowsExamined(random.nextInt(5_000))
                    .setRowsReturned(random.nextInt(50))
                    .setCacheHit(random.nextInt(3) == 0)
                    .setTableName(table)
                    .setDatePartition((int) DAY.toEpochDay());
            if (query % 5 != 0) {
                execution.setIndexUsed("idx_" + table);
            }
            return execution.build();
        });
        return Stream.concat(given, generated).toList();
    }

    private static QueryPerf execution(
            String time,
            String hash,
            String type,
            double ms,
            long examined,
            long returned,
            String table,
            String index) {
        return QueryPerf.newBuilder()
                .setTimestamp(time(Instant.parse(time)))
                .setQueryHash(hash)
                .setQueryType(type)
                .setExecutionTimeMs(ms)
                .setRowsExamined(examined)
                .setRowsReturned(returned)
                .setTableName(table)
                .setIndexUsed(index)
                .setDatePartition((int) DAY.toEpochDay())
                .build();
    }

    /** The daily CSV file that holds the same executions (requirements 4.2). */
    static String csv(List<QueryPerf> executions) {
        StringBuilder csv = new StringBuilder("timestamp,query_hash,query_type,execution_time_ms,rows_examined,"
                + "rows_returned,cache_hit,table_name,index_used\n");
        for (QueryPerf execution : executions) {
            csv.append(Instant.ofEpochSecond(execution.getTimestamp().getSeconds()))
                    .append(',');
            csv.append(execution.getQueryHash())
                    .append(',')
                    .append(execution.getQueryType())
                    .append(',');
            csv.append(execution.getExecutionTimeMs())
                    .append(',')
                    .append(execution.getRowsExamined())
                    .append(',');
            csv.append(execution.getRowsReturned())
                    .append(',')
                    .append(execution.getCacheHit())
                    .append(',');
            csv.append(execution.getTableName())
                    .append(',')
                    .append(execution.getIndexUsed())
                    .append('\n');
        }
        return csv.toString();
    }

    /** Advice of one report each day; the first is that of requirements 6.5. */
    List<IndexAdvice> advice(int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> i == 0 ? givenAdvice() : advice(random, i))
                .toList();
    }

    private static IndexAdvice givenAdvice() {
        return IndexAdvice.newBuilder()
                .setTimestamp(time(Instant.parse("2025-10-28T04:00:00Z")))
                .setTableName("embeddings")
                .setRecommendedIndex("idx_embedding_vector")
                .setQueryPattern("WHERE namespace = ? AND vector LIKE ?")
                .setEstimatedSpeedup(3.5)
                .setPriority("high")
                .setDatePartition((int) DAY.toEpochDay())
                .build();
    }

    private static IndexAdvice advice(Random random, int index) {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        IndexAdvice.Builder advice = IndexAdvice.newBuilder()
                .setTimestamp(time(Instant.parse("2025-10-28T04:00:00Z").plusSeconds(index)))
                .setTableName(table)
                .setRecommendedIndex("idx_" + table + "_" + index)
                .setQueryPattern("WHERE " + table + "_id = ?")
                .setEstimatedSpeedup(1 + random.nextInt(40) / 10.0)
                .setPriority(random.nextBoolean() ? "low" : "medium")
                .setDatePartition((int) DAY.toEpochDay());
        if (random.nextBoolean()) {
            advice.setEstimatedCost(random.nextInt(1_000)).setStatus("open");
        }
        return advice.build();
    }

    List<OptimizationSummary> summaries(int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    OptimizationSummary.Builder summary = OptimizationSummary.newBuilder()
                            .setTimestamp(
                                    time(Instant.parse("2025-10-28T04:30:00Z").plusSeconds(i)))
                            .setEventType(random.nextBoolean() ? "vacuum" : "reindex")
                            .setMetricName("metric_" + random.nextInt(5))
                            .setMetricValue(random.nextInt(1_000) / 4.0)
                            .setDatePartition((int) DAY.toEpochDay());
                    if (i % 3 != 0) {
                        summary.setMetadata("{\"run\":" + i + ",\"tables\":[\"users\"]}");
                    }
                    return summary.build();
                })
                .toList();
    }

    private static Timestamp time(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
