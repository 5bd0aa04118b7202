package dev.alluvium.batch;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What one walk of the simulation runs under: the topic, the settings and how many faults there may be.
 *
 * @param rules kept by the ledger
 * @param worldRules kept by the world around it
 * @param isStrict checks also what harms nobody yet: a file visible before its cut, an offset or a skip ahead of the
 *     archive, a ledger that a restart would not find again. Off, only harm counts: records lost or doubled, a pipeline
 *     that stops, a ledger that grows.
 * @param logs one string per partition, one character per offset: a letter is the group of the record, in lower case
 *     it is bad to whoever knows too little ({@link #isBad}); a digit or what follows them is a record of several groups
 *     or of none ({@link #groups}); {@link #BAD} is a bad record, {@link #GAP} an offset that is never delivered
 * @param hasBareKeys the key of a file is its group, whatever its offsets: sessions
 * @param startsLatest where a partition starts that nobody knows yet: its end, not its beginning
 * @param faults crashes and takeovers
 * @param expiries times that a committed offset is lost or set back
 * @param drains drainings, each followed by another grouping of the records that were not archived before
 */
record Scenario(
        Set<Rule> rules,
        Set<WorldRule> worldRules,
        boolean isStrict,
        List<String> logs,
        boolean hasBareKeys,
        boolean startsLatest,
        int steps,
        int faults,
        int expiries,
        int drains) {
    static final char BAD = '!';
    static final char GAP = '-';
    /** How often schemas change at most. */
    static final int SCHEMAS = 3;

    /** What the last record of a log may be; nobody reads it before everything else has come to rest. */
    private static final String LAST = "Z" + BAD;

    /** So many groups at most are in a log, beside the one of its last record. */
    private static final int MAX_GROUPS = 4;

    /** Rules that are not the ledger's. */
    enum WorldRule {
        /** The store refuses a put of a key that it holds. */
        ABSENT,
        /** A commit sends the offset also if it did not change, so that a zombie is fenced. */
        UNCHANGED
    }

    /** Everything at random, all rules kept. */
    static Scenario random(RandomGenerator random) {
        int partitions = random.nextInt(3) == 0 ? 2 : 1;
        int letters = random.nextInt(1, 5);
        int bound = random.nextBoolean() ? 10 : 41;
        int bad = random.nextInt(4) == 0 ? 0 : random.nextInt(25);
        int gaps = random.nextInt(3) == 0 ? 0 : random.nextInt(25);
        List<String> logs = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            logs.add(log(random, random.nextInt(2, bound), letters, bad, gaps) + LAST.charAt(random.nextInt(2)));
        }
        return new Scenario(
                Rule.all(),
                EnumSet.allOf(WorldRule.class),
                true,
                logs,
                random.nextBoolean(),
                random.nextInt(3) == 0,
                random.nextInt(20, bound * 12),
                random.nextInt(7),
                random.nextInt(3),
                random.nextInt(3));
    }

    /** A log of records of some groups, with so many bad records and gaps in a hundred. */
    static String log(RandomGenerator random, int length, int groups, int badPercent, int gapPercent) {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int chance = random.nextInt(100);
            if (chance < badPercent) {
                log.append(BAD);
            } else if (chance < badPercent + gapPercent) {
                log.append(GAP);
            } else {
                // Every fifth is a batch message.
                boolean isMany = random.nextInt(5) == 0;
                char one = random.nextInt(4) == 0 ? 'a' : 'A';
                log.append((char) (isMany ? '0' + random.nextInt(1 << groups) : one + random.nextInt(groups)));
            }
        }
        return log.toString();
    }

    /** The groups of a good record: a digit, or what follows the digits, is the set of their bits. */
    static List<String> groups(char record) {
        if (record == BAD || record == GAP) {
            return List.of();
        }
        if (Character.isLetter(record)) {
            return List.of(String.valueOf(Character.toUpperCase(record)));
        }
        List<String> groups = new ArrayList<>();
        for (int bit = 0; bit < MAX_GROUPS; bit++) {
            if (((record - '0') & 1 << bit) != 0) {
                groups.add(String.valueOf((char) ('A' + bit)));
            }
        }
        return groups;
    }

    /** Whether a record is bad to a decoder that has seen schemas change so often. */
    static boolean isBad(char record, int offset, int schemas) {
        return record == BAD || (isUnclear(record) && schemas <= offset % SCHEMAS);
    }

    /** Whether it depends on what the decoder knows what becomes of a record. */
    static boolean isUnclear(char record) {
        return Character.isLowerCase(record);
    }

    /** The rows of a record: in other schemas it has others. */
    static int rows(int offset, int schemas) {
        return (offset + schemas) % 3;
    }

    /** The same with one partition of these records, and with some of every fault. */
    Scenario on(String log) {
        return new Scenario(
                rules,
                worldRules,
                isStrict,
                List.of(log),
                hasBareKeys,
                startsLatest,
                steps,
                Math.max(faults, 3),
                Math.max(expiries, 1),
                drains);
    }

    /** The same with so many drainings. */
    Scenario draining(int times) {
        return new Scenario(
                rules, worldRules, isStrict, logs, hasBareKeys, startsLatest, steps, faults, expiries, times);
    }

    /** The same without a rule, and with an eye for harm only. */
    Scenario without(Rule rule) {
        return new Scenario(
                Rule.allBut(Set.of(rule)),
                worldRules,
                false,
                logs,
                hasBareKeys,
                startsLatest,
                steps,
                faults,
                expiries,
                drains);
    }

    /** The same without a rule of the world, and with an eye for harm only. */
    Scenario without(WorldRule rule) {
        EnumSet<WorldRule> others = EnumSet.complementOf(EnumSet.of(rule));
        return new Scenario(rules, others, false, logs, hasBareKeys, startsLatest, steps, faults, expiries, drains);
    }

    boolean keeps(WorldRule rule) {
        return worldRules.contains(rule);
    }
}
