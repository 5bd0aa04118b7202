package dev.alluvium.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.SizeStatistics;

/** Levels as a page of version 1 begins with them, and their histograms as its index has them. */
record PageLevels(ColumnDescriptor column) {

    /** The most bytes that they can take. */
    long maxBytes(LeafLevels levels) {
        return 2 * (Integer.BYTES + HybridRuns.maxBytes(levels.slots(), Byte.SIZE));
    }

    /** Writes them; returns the address behind them. */
    long write(LeafLevels levels, long address) {
        long at = address;
        if (column.getMaxRepetitionLevel() > 0) {
            at = write(levels, levels.repetition(), 0, column.getMaxRepetitionLevel(), at);
        }
        if (column.getMaxDefinitionLevel() > 0) {
            int all = levels.isUniform() ? levels.uniformDefinition() : 0;
            at = write(levels, levels.definition(), all, column.getMaxDefinitionLevel(), at);
        }
        return at;
    }

    private static long write(LeafLevels levels, int[] each, int all, int greatest, long address) {
        int width = HybridRuns.widthOf(greatest);
        long start = address + Integer.BYTES;
        long end = levels.isUniform()
                ? HybridRuns.writeRun(all, levels.slots(), width, start)
                : HybridRuns.write(each, levels.slots(), width, start);
        MemoryUtil.putInt(address, (int) (end - start));
        return end;
    }

    /** What the page index says of levels and of the bytes of strings. */
    SizeStatistics sizes(LeafLevels levels, long stringBytes) {
        return new SizeStatistics(
                column.getPrimitiveType(),
                stringBytes,
                column.getMaxRepetitionLevel() > 0
                        ? histogram(levels, levels.repetition(), 0, column.getMaxRepetitionLevel())
                        : List.of(),
                column.getMaxDefinitionLevel() > 1
                        ? histogram(
                                levels, levels.definition(), levels.uniformDefinition(), column.getMaxDefinitionLevel())
                        : List.of());
    }

    private static List<Long> histogram(LeafLevels levels, int[] each, int all, int greatest) {
        long[] counts = new long[greatest + 1];
        if (levels.isUniform()) {
            counts[all] = levels.slots();
        } else {
            for (int i = 0; i < levels.slots(); i++) {
                counts[each[i]]++;
            }
        }
        List<Long> histogram = new ArrayList<>(counts.length);
        for (long count : counts) {
            histogram.add(count);
        }
        return histogram;
    }
}
