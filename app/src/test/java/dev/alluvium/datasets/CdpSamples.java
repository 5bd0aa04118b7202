package dev.alluvium.datasets;

import com.google.protobuf.Timestamp;
import dev.alluvium.proto.cdp.v1.AssetDetails;
import dev.alluvium.proto.cdp.v1.ContractDataOutput;
import dev.alluvium.proto.cdp.v1.Event;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Generated ledgers, one every six seconds from ledger 426,000 on, the same for the same seed. */
final class CdpSamples {
    static final int FIRST_LEDGER = 426_000;

    /** Close to midnight: the ledgers are of two days. */
    static final Instant FIRST_CLOSE = Instant.parse("2025-07-13T23:55:00Z");

    /** The greatest 128-bit integer: a double, or a long, would not give it back. */
    static final String GREATEST_BALANCE =
            BigInteger.TWO.pow(127).subtract(BigInteger.ONE).toString();

    private final long seed;

    CdpSamples(long seed) {
        this.seed = seed;
    }

    /** When a ledger was closed. */
    static Instant closedAt(int index) {
        return FIRST_CLOSE.plusSeconds(6L * index);
    }

    /** A change a ledger; the first one has the greatest balance. */
    List<ContractDataOutput> contractData(int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    ContractDataOutput.Builder change = ContractDataOutput.newBuilder()
                            .setContractId("C" + hex(random, 27))
                            .setContractKeyType("ScValTypeScvVec")
                            .setContractDurability(random.nextBoolean() ? "persistent" : "temporary")
                            .setLastModifiedLedger(FIRST_LEDGER + i)
                            .setLedgerEntryChange(random.nextInt(3))
                            .setDeleted(random.nextInt(10) == 0)
                            .setClosedAt(time(closedAt(i)))
                            .setLedgerSequence(FIRST_LEDGER + i);
                    if (i % 2 == 0) {
                        change.setAssetCode("USDC")
                                .setAssetIssuer("G" + hex(random, 27))
                                .setAssetType("credit_alphanum4")
                                .setBalanceHolder("C" + hex(random, 27))
                                .setBalance(i == 0 ? GREATEST_BALANCE : new BigInteger(120, random).toString())
                                .setLedgerKeyHash(hex(random, 32));
                    }
                    return change.build();
                })
                .toList();
    }

    List<Event> events(int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Event.Builder event = Event.newBuilder()
                            .setType("contract")
                            .setLedger(FIRST_LEDGER + i)
                            .setLedgerClosedAt(closedAt(i).toString())
                            .setContractId("C" + hex(random, 27))
                            .setId(String.format("%019d-%010d", i, 1))
                            .setInSuccessfulContractCall(random.nextBoolean())
                            .setTxHash(hex(random, 32));
                    if (i % 2 == 0) {
                        event.setPagingToken(Long.toString(random.nextLong(Long.MAX_VALUE)))
                                .setTopic("[{\"sym\":\"transfer\"}]")
                                .setValue("{\"i128\":\"" + new BigInteger(127, random) + "\"}");
                    }
                    return event.build();
                })
                .toList();
    }

    List<AssetDetails> assets(int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    AssetDetails.Builder asset = AssetDetails.newBuilder().setTimestamp(time(closedAt(i)));
                    return i == 0
                            ? asset.setCode("XLM").setType("native").build()
                            : asset.setCode("A" + i)
                                    .setIssuer("G" + hex(random, 27))
                                    .setType("credit_alphanum4")
                                    .build();
                })
                .toList();
    }

    private static String hex(Random random, int bytes) {
        return String.format("%0" + 2 * bytes + "x", new BigInteger(8 * bytes, random));
    }

    private static Timestamp time(Instant time) {
        return Timestamp.newBuilder().setSeconds(time.getEpochSecond()).build();
    }
}
