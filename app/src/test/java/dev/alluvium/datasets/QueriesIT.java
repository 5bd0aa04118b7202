package dev.alluvium.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.ForeignReaders;
import dev.alluvium.proto.queries.v1.QueryPerf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config/queries.yaml}: figures of queries, advice on indexes, figures of the optimizer. */
class QueriesIT {
    private static final List<QueryPerf> EXECUTIONS = new QuerySamples(1).executions(2_500);

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static ShippedArchive archive;

    @BeforeAll
    static void archiveSamples() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        archive = new ShippedArchive(folder, broker);
        QuerySamples samples = new QuerySamples(1);
        // The day of the data counts, not that of the records.
        archive.produce(
                Map.of(
                        "query_perf", EXECUTIONS,
                        "index_advisor", samples.advice(40),
                        "optimization_summary", samples.summaries(60)),
                Instant.parse("2025-11-02T05:00:00Z"),
                Duration.ofMillis(1));
        archive.archive(Path.of("../config/queries.yaml"), 2_600);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void threeReadersThatNobodyHereWroteSeeTheSameValues() throws Exception {
        ForeignReaders.agreeOn(archive.gather());
    }

    @Test
    void theFilesOfADayLieUnderItsYearAndMonth() throws Exception {
        assertThat(archive.keys())
                .containsExactly(
                        "index_advisor/year=2025/month=10/index_advisor_20251028-0-0.parquet",
                        "optimization_summary/year=2025/month=10/optimization_summary_20251028-0-0.parquet",
                        "query_perf/year=2025/month=10/query_perf_20251028-0-0.parquet");
    }

    @Test
    void anExecutionHasTheTwelveColumnsOfTheDataSet() throws Exception {
        assertThat(archive.columns("query_perf"))
                .containsExactly(
                        "timestamp TIMESTAMP",
                        "query_hash VARCHAR",
                        "query_type VARCHAR",
                        "execution_time_ms DOUBLE",
                        "rows_examined BIGINT",
                        "rows_returned BIGINT",
                        "cache_hit BOOLEAN",
                        "table_name VARCHAR",
                        "index_used VARCHAR",
                        "cpu_time_ms DOUBLE",
                        "io_wait_ms DOUBLE",
                        "date_partition DATE");
    }

    @Test
    void anAdviceHasTheNineColumnsOfTheDataSet() throws Exception {
        assertThat(archive.columns("index_advisor"))
                .containsExactly(
                        "timestamp TIMESTAMP",
                        "table_name VARCHAR",
                        "recommended_index VARCHAR",
                        "query_pattern VARCHAR",
                        "estimated_speedup DOUBLE",
                        "estimated_cost DOUBLE",
                        "priority VARCHAR",
                        "status VARCHAR",
                        "date_partition DATE");
    }

    @Test
    void aSummaryHasTheSixColumnsOfTheDataSet() throws Exception {
        assertThat(archive.columns("optimization_summary"))
                .containsExactly(
                        "timestamp TIMESTAMP",
                        "event_type VARCHAR",
                        "metric_name VARCHAR",
                        "metric_value DOUBLE",
                        "metadata JSON",
                        "date_partition DATE");
    }

    @Test
    void theFileIsSeventyPercentSmallerThanItsCsv() throws Exception {
        long csv = QuerySamples.csv(EXECUTIONS).getBytes(StandardCharsets.UTF_8).length;

        assertThat(csv).isBetween(50_000L, 250_000L);
        assertThat(archive.bytes("query_perf")).isLessThan(csv * 30 / 100);
    }

    @Test
    void theGivenRowsAreThere() throws Exception {
        String given = archive.files("query_perf") + " WHERE query_hash IN ('a1b2c3', 'd4e5f6')";

        assertThat(archive.query(
                        "SELECT count(*) || ' ' || avg(execution_time_ms) || ' ' || max(execution_time_ms) FROM "
                                + given + " GROUP BY date_partition"))
                .containsExactly("2 29.0 45.2");
        assertThat(archive.query(
                        "SELECT timestamp || ' ' || date_partition || ' ' || coalesce(io_wait_ms::text, 'null')"
                                + " FROM " + given + " ORDER BY timestamp"))
                .containsExactly("2025-10-28 00:15:23 2025-10-28 null", "2025-10-28 00:16:01 2025-10-28 null");
        assertThat(archive.query("SELECT recommended_index || ' ' || estimated_speedup FROM "
                        + archive.files("index_advisor") + " ORDER BY timestamp LIMIT 1"))
                .containsExactly("idx_embedding_vector 3.5");
    }

    @Test
    void everyRowIsThereWithItsOwnValues() throws Exception {
        assertThat(archive.query("SELECT count(*) || ' ' || sum(rows_examined) || ' ' || count(index_used) FROM "
                        + archive.files("query_perf")))
                .containsExactly(EXECUTIONS.size() + " "
                        + EXECUTIONS.stream()
                                .mapToLong(QueryPerf::getRowsExamined)
                                .sum() + " "
                        + EXECUTIONS.stream().filter(QueryPerf::hasIndexUsed).count());
        assertThat(archive.query("SELECT sum((metadata->>'run')::int) FROM " + archive.files("optimization_summary")))
                .containsExactly(Integer.toString(java.util.stream.IntStream.range(0, 60)
                        .filter(i -> i % 3 != 0)
                        .sum()));
    }
}
