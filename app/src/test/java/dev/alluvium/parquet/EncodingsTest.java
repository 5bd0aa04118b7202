package dev.alluvium.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is written is read by parquet-column. */
class EncodingsTest {
    private static final int SEEDS = 400;

    private final RootAllocator allocator = new RootAllocator();
    private final NativeBuffer memory = new NativeBuffer(allocator);

    @AfterEach
    void leakNothing() {
        memory.close();
        allocator.close();
    }

    private ByteBufferInputStream written(long start, long end) {
        byte[] bytes = new byte[(int) (end - start)];
        memory.view().duplicate().get(0, bytes);
        return ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes));
    }

    @Test
    void runsAndPackedBitsOfEveryWidthAreRead() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            int width = 1 + random.nextInt(31);
            int[] values = new int[1 + random.nextInt(300)];
            for (int i = 0; i < values.length; ) {
                int end = i + (random.nextBoolean() ? 1 : 1 + random.nextInt(40));
                int value = random.nextInt() >>> (Integer.SIZE - width);
                while (i < Math.min(end, values.length)) {
                    values[i++] = value;
                }
            }
            long start = memory.reserve(HybridRuns.maxBytes(values.length, width));
            long end = HybridRuns.write(values, values.length, width, start);

            assertThat(end - start).as("seed %d", seed).isLessThanOrEqualTo(HybridRuns.maxBytes(values.length, width));
            RunLengthBitPackingHybridDecoder decoder = new RunLengthBitPackingHybridDecoder(width, written(start, end));
            int[] read = new int[values.length];
            for (int i = 0; i < read.length; i++) {
                read[i] = decoder.readInt();
            }
            assertThat(read).as("seed %d", seed).isEqualTo(values);
        }
    }

    @Test
    void differencesOfAnySizeAreReadAsLongs() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            long[] values = numbers(random, 1 + random.nextInt(64));
            DeltaBinaryPackingValuesReader reader = packed(values, false, seed);

            long[] read = new long[values.length];
            for (int i = 0; i < read.length; i++) {
                read[i] = reader.readLong();
            }
            assertThat(read).as("seed %d", seed).isEqualTo(values);
        }
    }

    @Test
    void differencesOfAnySizeAreReadAsInts() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            long[] values = Arrays.stream(numbers(random, 1 + random.nextInt(32)))
                    .map(value -> (int) value)
                    .toArray();
            DeltaBinaryPackingValuesReader reader = packed(values, true, seed);

            long[] read = new long[values.length];
            for (int i = 0; i < read.length; i++) {
                read[i] = reader.readInteger();
            }
            assertThat(read).as("seed %d", seed).isEqualTo(values);
        }
    }

    private static long[] numbers(Random random, int bits) {
        long[] values = new long[1 + random.nextInt(400)];
        long sum = random.nextLong();
        boolean isSum = random.nextBoolean();
        for (int i = 0; i < values.length; i++) {
            long value = random.nextLong() >> (Long.SIZE - bits);
            sum += value;
            values[i] = isSum ? sum : value;
        }
        return values;
    }

    private DeltaBinaryPackingValuesReader packed(long[] values, boolean isInt, int seed) throws Exception {
        long start = memory.reserve(DeltaPacking.maxBytes(values.length));
        long end = DeltaPacking.write(values, values.length, isInt, new long[128], start);

        assertThat(end - start).as("seed %d", seed).isLessThanOrEqualTo(DeltaPacking.maxBytes(values.length));
        DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
        reader.initFromPage(values.length, written(start, end));
        return reader;
    }

    @Test
    void stringsAreComparedAsUnsignedBytes() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] first = bytes(random);
            byte[] second = random.nextInt(3) == 0 ? first.clone() : bytes(random);
            long at = memory.reserve(first.length + second.length + 1L);
            memory.view().duplicate().put(0, first).put(first.length, second);
            long other = at + first.length;
            int order = Arrays.compareUnsigned(first, second);

            assertThat(Integer.signum(NativeBytes.compare(at, first.length, other, second.length)))
                    .as("seed %d", seed)
                    .isEqualTo(Integer.signum(order));
            long prefix = NativeBytes.prefix(at, first.length);
            long otherPrefix = NativeBytes.prefix(other, second.length);
            assertThat(Integer.signum(Long.compareUnsigned(prefix, otherPrefix)))
                    .as("seed %d", seed)
                    .isIn(0, Integer.signum(order));
            if (first.length == second.length) {
                assertThat(NativeBytes.areEqual(at, other, first.length))
                        .as("seed %d", seed)
                        .isEqualTo(order == 0);
            }
            if (order == 0) {
                assertThat(NativeBytes.hash(at, first.length)).isEqualTo(NativeBytes.hash(other, second.length));
            }
        }
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(20)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) - 1);
        }
        return bytes;
    }
}
