package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.batch.Cut;
import dev.alluvium.batch.GroupEntry;
import dev.alluvium.batch.PartitionEntry;
import dev.alluvium.batch.SchemaEpoch;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * The bytes of the ledger's changelog. They were put together by hand from the protobuf encoding, and they never change:
 * what yesterday's program left in a changelog must be read by tomorrow's.
 */
class LedgerCodecTest {
    private static final TopicPartition PARTITION = new TopicPartition("deltas", 3);

    private static final byte[] PARTITION_KEY = bytes("0a0664656c7461731003");
    private static final byte[] GROUP_KEY = bytes("0a0664656c74617310031a10746f646f732f323032362d30322d3036");

    private static final byte[] PARTITION_VALUE = bytes("08011203746964186420ac022a0430306666");
    private static final LedgerCodec.Partition PARTITION_ENTRY =
            new LedgerCodec.Partition(new PartitionEntry(100, 300), "tid", "00ff");

    private static final byte[] LEARNED_VALUE =
            bytes("08011203746964186420ac022a043030666632060864120261313207" + "08c80112026132");
    private static final LedgerCodec.Partition LEARNED_ENTRY = new LedgerCodec.Partition(
            new PartitionEntry(100, 300, List.of(new SchemaEpoch(100, "a1"), new SchemaEpoch(200, "a2"))),
            "tid",
            "00ff");

    private static final byte[] GROUP_VALUE = bytes("08641238086410b4011a0b612f622e70617271756574203c283d30013a0d46"
            + "4c4f4154363420626f6f73743a09494e543634207365714204726f7773122408b50110c8011a11612f632d332d3138312e706172"
            + "717565742002300142036167654801");
    private static final GroupEntry GROUP_ENTRY = new GroupEntry(
            100,
            List.of(
                    new Cut(100, 180, "a/b.parquet", 60, 61, 1, List.of("FLOAT64 boost", "INT64 seq"), "rows", false),
                    new Cut(181, 200, "a/c-3-181.parquet", 2, 0, 1, List.of(), "age", true)));

    @Test
    void writesKeysAsEver() {
        assertThat(LedgerCodec.key(PARTITION)).containsExactly(PARTITION_KEY);
        assertThat(LedgerCodec.key(PARTITION, "todos/2026-02-06")).containsExactly(GROUP_KEY);
    }

    @Test
    void readsKeysOfEver() {
        assertThat(LedgerCodec.key(PARTITION_KEY)).satisfies(key -> {
            assertThat(key.getTopic()).isEqualTo("deltas");
            assertThat(key.getPartition()).isEqualTo(3);
            assertThat(key.hasGroup()).isFalse();
        });
        assertThat(LedgerCodec.key(GROUP_KEY).getGroup()).isEqualTo("todos/2026-02-06");
    }

    @Test
    void tellsAnEmptyGroupFromNone() {
        assertThat(LedgerCodec.key(LedgerCodec.key(PARTITION, "")).hasGroup()).isTrue();
    }

    @Test
    void writesAPartitionAsEver() {
        assertThat(LedgerCodec.value(PARTITION_ENTRY)).containsExactly(PARTITION_VALUE);
    }

    @Test
    void readsAPartitionOfEver() {
        assertThat(LedgerCodec.partition(PARTITION_VALUE)).isEqualTo(PARTITION_ENTRY);
    }

    @Test
    void writesWhatADecoderLearnedAsEver() {
        assertThat(LedgerCodec.value(LEARNED_ENTRY)).containsExactly(LEARNED_VALUE);
    }

    @Test
    void readsWhatADecoderLearnedOfEver() {
        assertThat(LedgerCodec.partition(LEARNED_VALUE)).isEqualTo(LEARNED_ENTRY);
    }

    @Test
    void writesAGroupWithItsCutsAsEver() {
        assertThat(LedgerCodec.value(GROUP_ENTRY)).containsExactly(GROUP_VALUE);
    }

    @Test
    void readsAGroupWithItsCutsOfEver() {
        assertThat(LedgerCodec.group(GROUP_VALUE)).isEqualTo(GROUP_ENTRY);
    }

    @Test
    void gathersAChangelogOfEver() {
        Ledger ledger = new Ledger();
        ledger.put(PARTITION_KEY, PARTITION_VALUE);
        ledger.put(GROUP_KEY, GROUP_VALUE);

        assertThat(ledger.of(PARTITION).partition()).isEqualTo(PARTITION_ENTRY);
        assertThat(ledger.of(PARTITION).groups()).containsOnlyKeys("todos/2026-02-06");
        assertThat(ledger.of(PARTITION).drainTarget()).isEqualTo(300);

        ledger.put(GROUP_KEY, null);

        assertThat(ledger.of(PARTITION).groups()).isEmpty();
    }

    @Test
    void refusesAVersionItDoesNotKnow() {
        assertThatThrownBy(() -> LedgerCodec.partition(bytes("0802120374696418642064")))
                .isInstanceOf(ArchiveStoppedException.class)
                .hasMessageContaining("format version 2")
                .hasMessageContaining("run a newer one");
    }

    @Test
    void refusesWhatIsNoEntry() {
        assertThatThrownBy(() -> LedgerCodec.partition(bytes("ff"))).isInstanceOf(ArchiveStoppedException.class);
        assertThatThrownBy(() -> LedgerCodec.group(bytes("12ff"))).isInstanceOf(ArchiveStoppedException.class);
        assertThatThrownBy(() -> LedgerCodec.key(bytes("0aff"))).isInstanceOf(ArchiveStoppedException.class);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
