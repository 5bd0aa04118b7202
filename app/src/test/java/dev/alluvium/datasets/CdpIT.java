package dev.alluvium.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alluvium.demo.EmbeddedBroker;
import dev.alluvium.parquet.ForeignReaders;
import dev.alluvium.proto.cdp.v1.ContractDataOutput;
import dev.alluvium.proto.cdp.v1.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config/cdp.yaml}: contract data, events and assets of a blockchain's ledgers. */
class CdpIT {
    private static final List<ContractDataOutput> CHANGES = new CdpSamples(1).contractData(120);
    private static final List<Event> EVENTS = new CdpSamples(2).events(80);

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static ShippedArchive archive;

    @BeforeAll
    static void archiveSamples() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        archive = new ShippedArchive(folder, broker);
        archive.produce(
                Map.of("contract_data", CHANGES, "events", EVENTS, "assets", new CdpSamples(3).assets(30)),
                Instant.parse("2025-08-01T00:00:00Z"),
                Duration.ofMillis(1));
        archive.archive(Path.of("../config/cdp.yaml"), 230);
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
    void contractDataHasTheFourteenColumnsOfTheDataSet() throws Exception {
        assertThat(archive.columns("contract_data"))
                .containsExactly(
                        "contract_id VARCHAR",
                        "contract_key_type VARCHAR",
                        "contract_durability VARCHAR",
                        "asset_code VARCHAR",
                        "asset_issuer VARCHAR",
                        "asset_type VARCHAR",
                        "balance_holder VARCHAR",
                        "balance VARCHAR",
                        "last_modified_ledger UINTEGER",
                        "ledger_entry_change UINTEGER",
                        "deleted BOOLEAN",
                        "closed_at TIMESTAMP WITH TIME ZONE",
                        "ledger_sequence UINTEGER",
                        "ledger_key_hash VARCHAR");
    }

    @Test
    void anEventHasTheTenColumnsOfTheDataSet() throws Exception {
        assertThat(archive.columns("events"))
                .containsExactly(
                        "type VARCHAR",
                        "ledger UBIGINT",
                        "ledger_closed_at VARCHAR",
                        "contract_id VARCHAR",
                        "id VARCHAR",
                        "paging_token VARCHAR",
                        "topic JSON",
                        "value JSON",
                        "in_successful_contract_call BOOLEAN",
                        "tx_hash VARCHAR");
    }

    @Test
    void anAssetHasTheFourColumnsOfTheDataSet() throws Exception {
        assertThat(archive.columns("assets"))
                .containsExactly(
                        "code VARCHAR", "issuer VARCHAR", "type VARCHAR", "timestamp TIMESTAMP WITH TIME ZONE");
        assertThat(archive.query("SELECT code FROM " + archive.files("assets") + " WHERE issuer IS NULL"))
                .containsExactly("XLM");
    }

    @Test
    void onlyWhatMayBeAbsentIsNullable() throws Exception {
        assertThat(archive.query("SELECT DISTINCT name || ' ' || repetition_type FROM parquet_schema('"
                        + folder.resolve("archive/contract_data/**/*.parquet")
                        + "') WHERE num_children IS NULL AND repetition_type = 'OPTIONAL' ORDER BY 1"))
                .containsExactly(
                        "asset_code OPTIONAL",
                        "asset_issuer OPTIONAL",
                        "asset_type OPTIONAL",
                        "balance OPTIONAL",
                        "balance_holder OPTIONAL",
                        "ledger_key_hash OPTIONAL");
    }

    @Test
    void aBalanceOf128BitsComesBackDigitByDigit() throws Exception {
        assertThat(archive.query("SELECT balance FROM " + archive.files("contract_data")
                        + " WHERE balance IS NOT NULL ORDER BY ledger_sequence"))
                .startsWith(CdpSamples.GREATEST_BALANCE)
                .containsExactlyElementsOf(CHANGES.stream()
                        .filter(ContractDataOutput::hasBalance)
                        .map(ContractDataOutput::getBalance)
                        .toList());
        assertThat(archive.query("SELECT value->>'i128' FROM " + archive.files("events")
                        + " WHERE value IS NOT NULL ORDER BY ledger"))
                .containsExactlyElementsOf(EVENTS.stream()
                        .filter(Event::hasValue)
                        .map(event -> event.getValue().replaceAll("[^0-9]*128[^0-9]*([0-9]+)\"}", "$1"))
                        .toList());
    }

    @Test
    void changesLieUnderTheDayInWhichTheirLedgersClosed() throws Exception {
        assertThat(keys("contract_data"))
                .containsExactly(
                        "contract_data/year=2025/month=07/day=13/stellar-data-426000-426049-0-0.parquet",
                        "contract_data/year=2025/month=07/day=14/stellar-data-426050-426119-0-50.parquet");
    }

    @Test
    void eventsLieUnderTheRangeOfTheirLedgers() throws Exception {
        assertThat(keys("events"))
                .containsExactly("events/ledgers/420000-429999/stellar-data-426000-426079-0-0.parquet");
    }

    @Test
    void assetsLieUnderTheirTypeAndHour() throws Exception {
        assertThat(keys("assets"))
                .containsExactly(
                        "assets/type=credit_alphanum4/year=2025/month=07/day=13/hour=23/stellar-data-0-1.parquet",
                        "assets/type=native/year=2025/month=07/day=13/hour=23/stellar-data-0-0.parquet");
    }

    private static List<String> keys(String prefix) throws Exception {
        return archive.keys().stream().filter(key -> key.startsWith(prefix)).toList();
    }
}
