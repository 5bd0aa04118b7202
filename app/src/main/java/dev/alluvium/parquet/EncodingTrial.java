package dev.alluvium.parquet;

import dev.alluvium.parquet.LearnedEncodings.Choice;
import dev.alluvium.parquet.WriterSettings.Codec;
import java.io.IOException;
import org.apache.parquet.column.Encoding;

/**
 * Tries on the values of one page which encoding and which compression make them small. Sizes alone decide, never time: the
 * same page gives the same choice. What takes more time must pay by a margin.
 */
final class EncodingTrial {
    /** A rarer encoding must save so much over PLAIN. */
    private static final double ENCODING_GAIN = 0.98;

    /** A level higher than the first must save so much: level 3 takes twice as long on text and 7 times on hex digits. */
    private static final double LEVEL_GAIN = 0.95;

    /** A dictionary, which takes memory and may become full, must save so much over all others. */
    private static final double DICTIONARY_GAIN = 0.95;

    /** Compression must save so much. */
    private static final double CODEC_GAIN = 0.98;

    /** Who takes snappy wants speed; on hex digits it finds a few per cent by matches of four, and takes its time. */
    private static final double SNAPPY_GAIN = 0.92;

    /** A page of fewer values is likely to be the only one of its row group. */
    private static final int FULL_PAGE_VALUES = 8_000;

    private record Candidate(Encoding encoding, Encoding fallback, Codec codec, int level, double size) {}

    private final ColumnValues values;
    private final PageScratch scratch;
    private final WriterSettings settings;
    private final int count;
    private double dictionaryShare = 1;

    private EncodingTrial(ColumnValues values, PageScratch scratch, WriterSettings settings) {
        this.values = values;
        this.scratch = scratch;
        this.settings = settings;
        this.count = scratch.levels.values();
    }

    /**
     * Tries on the values that are loaded. If the choice is a dictionary it stays open, with what it has learned of them.
     *
     * @param isFree whether pages may be left as they are where compression saves nothing
     */
    static Choice run(ColumnValues values, PageScratch scratch, WriterSettings settings, boolean isFree)
            throws IOException {
        return new EncodingTrial(values, scratch, settings).choose(isFree);
    }

    private Choice choose(boolean isFree) throws IOException {
        boolean hasDictionary = values.canHaveDictionary() && openDictionary();
        Codec codec = settings.codec();
        Candidate best = best(codec, settings.level(), hasDictionary);
        if (codec == Codec.ZSTD && settings.level() > 1) {
            Candidate fast = best(codec, 1, hasDictionary);
            best = best.size < fast.size * LEVEL_GAIN ? best : fast;
        }
        if (isFree && codec != Codec.NONE) {
            Candidate plain = best(Codec.NONE, settings.level(), hasDictionary);
            best = best.size < plain.size * gain(codec) ? best : plain;
        }
        if (best.encoding != Encoding.RLE_DICTIONARY) {
            values.closeDictionary();
        }
        return new Choice(best.encoding, best.fallback, best.codec, best.level, count);
    }

    /** The smallest of all encodings. */
    private Candidate best(Codec codec, int level, boolean hasDictionary) throws IOException {
        Encoding fallback = Encoding.PLAIN;
        double least = size(fallback, codec, level);
        for (Encoding encoding : values.encodings()) {
            double size = size(encoding, codec, level);
            if (size < least * ENCODING_GAIN) {
                least = size;
                fallback = encoding;
            }
        }
        double size = hasDictionary ? size(Encoding.RLE_DICTIONARY, codec, level) : Double.MAX_VALUE;
        return size < least * DICTIONARY_GAIN
                ? new Candidate(Encoding.RLE_DICTIONARY, fallback, codec, level, size)
                : new Candidate(fallback, fallback, codec, level, least);
    }

    private static double gain(Codec codec) {
        return codec == Codec.SNAPPY ? SNAPPY_GAIN : CODEC_GAIN;
    }

    /** The first page pays for all values of its dictionary; what later ones will pay is what its last quarter did. */
    private boolean openDictionary() {
        if (!values.findAll(scratch, settings.pageBytes())) {
            return false;
        }
        if (count >= FULL_PAGE_VALUES) {
            int size = 0;
            for (int i = 0; i < count - count / 4; i++) {
                size = Math.max(size, scratch.ids[i] + 1);
            }
            int all = dictionarySize();
            dictionaryShare = Math.min(1, 4.0 * (all - size) / all);
        }
        return true;
    }

    private int dictionarySize() {
        Dictionary dictionary = values.dictionary();
        return dictionary == null ? 0 : dictionary.size();
    }

    private double size(Encoding encoding, Codec codec, int level) throws IOException {
        long start = scratch.raw.reserve(values.maxBytes(scratch));
        if (encoding != Encoding.RLE_DICTIONARY) {
            return compressed(start, values.write(encoding, scratch, start), codec, level);
        }
        double places =
                compressed(start, HybridRuns.writePlaces(scratch.ids, count, dictionarySize(), start), codec, level);
        Dictionary dictionary = values.dictionary();
        if (dictionary == null) {
            return places;
        }
        long plain = scratch.raw.reserve(dictionary.plainBytes(dictionary.size()));
        return places
                + dictionaryShare * compressed(plain, dictionary.writePlain(dictionary.size(), plain), codec, level);
    }

    private double compressed(long start, long end, Codec codec, int level) throws IOException {
        int length = (int) (end - start);
        return codec == Codec.NONE
                ? length
                : scratch.compressor.compress(codec, level, scratch.raw, length, scratch.packed);
    }
}
