package dev.alluvium.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker is worth as much as what it does not let pass: every test but the first spoils a good archive. */
class CheckerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HandMadeArchive archive;

    @BeforeEach
    void makeAnArchive() throws Exception {
        archive = HandMadeArchive.write(folder);
    }

    private Findings check() throws IOException {
        return Checker.check(folder, HandMadeArchive.CLUSTER, archive.dataSets());
    }

    @Test
    void acceptsAGoodArchiveAndHasLookedAtAllOfIt() throws IOException {
        Findings findings = check();

        assertThat(findings.isClean()).as(findings.toString()).isTrue();
        assertThat(findings.total("deltas records")).isEqualTo(5);
        assertThat(findings.total("deltas rows")).isEqualTo(4);
        assertThat(findings.total("deltas files")).isEqualTo(3);
        assertThat(findings.total("deltas dead letters")).isEqualTo(1);
        assertThat(findings.total("telemetry records")).isEqualTo(3);
        assertThat(findings.total("telemetry rows")).isEqualTo(2);
    }

    @Test
    void catchesADroppedRow() throws Exception {
        archive.dropRow("a.parquet", 1);

        assertThat(check().problems()).containsExactlyInAnyOrder(Problem.MISSING, Problem.WRONG_FOOTER);
    }

    @Test
    void catchesARowThatIsTwiceInAFile() throws Exception {
        archive.doubleRow("a.parquet", 1);

        assertThat(check().problems()).contains(Problem.DUPLICATED);
    }

    @Test
    void catchesADoubledFile() throws IOException {
        Files.copy(folder.resolve("a.parquet"), folder.resolve("copy.parquet"));

        Findings findings = check();

        assertThat(findings.problems()).containsExactlyInAnyOrder(Problem.DUPLICATED, Problem.MANIFEST_MISSING);
        assertThat(findings.count(Problem.DUPLICATED)).isEqualTo(2);
    }

    @Test
    void catchesRecordsThatTheTopicDoesNotHave() throws IOException {
        archive.telemetry.remove(0);

        assertThat(check().problems()).containsExactlyInAnyOrder(Problem.FOREIGN, Problem.WRONG_FOOTER);
    }

    @Test
    void catchesALostMarkerAlthoughItHasNoRows() throws Exception {
        archive.setFooter("t/9.parquet", "offset.end", "2");

        assertThat(check().problems()).containsExactlyInAnyOrder(Problem.MISSING, Problem.WRONG_FOOTER);
    }

    @Test
    void catchesAChangedValueOfEveryColumn() throws Exception {
        for (String change : new String[] {
            "'INSERT'|'UPDATE'",
            "'Ann'|'Anm'",
            "30.5|30.500000000000004",
            "'users'|'user'",
            "'r0'|'r1'",
            "'client'|'clienT'",
            "'id'|'iD'",
            "['name', 'age']|['age', 'name']",
            "000::BIGINT) AS hlcTs|001::BIGINT) AS hlcTs",
            "000000::BIGINT) AS _timestamp|000001::BIGINT) AS _timestamp"
        }) {
            archive = HandMadeArchive.write(folder);
            String[] sides = change.split("\\|", -1);

            archive.replaceInRows("a.parquet", sides[0], sides[1]);

            assertThat(check().problems()).as(change).containsExactly(Problem.WRONG_CONTENT);
        }
    }

    @Test
    void catchesANullWhereAValueWas() throws Exception {
        archive.replaceInRows("t/9.parquet", "1.25", "NULL");

        assertThat(check().problems()).containsExactly(Problem.WRONG_CONTENT);
    }

    @Test
    void catchesAValueWhereNoneWas() throws Exception {
        archive.replaceInRows("t/9.parquet", "NULL::DOUBLE AS speed", "0.0::DOUBLE AS speed");

        assertThat(check().count(Problem.WRONG_CONTENT)).isEqualTo(2);
    }

    @Test
    void catchesALostColumnThatIsNotDeclared() throws Exception {
        archive.replaceInRows("c.parquet", "[('note', '[1]')]", "[]");

        assertThat(check().problems()).containsExactly(Problem.WRONG_CONTENT);
    }

    @Test
    void catchesEveryChangedByteOfAFile() throws IOException {
        int size = (int) Files.size(folder.resolve("a.parquet"));
        for (int position = 0; position < size; position += 97) {
            archive.flipByte("a.parquet", position);

            assertThat(check().isClean()).as("byte " + position).isFalse();

            archive.flipByte("a.parquet", position);
        }
        assertThat(check().isClean()).isTrue();
    }

    @Test
    void catchesARowThatWasNeverCommitted() throws Exception {
        archive.replaceInRows("b.parquet", "6::BIGINT AS _offset", "5::BIGINT AS _offset");

        assertThat(check().problems()).contains(Problem.FOREIGN, Problem.MISSING);
    }

    @Test
    void catchesARowOfAnotherGroup() throws Exception {
        archive.replaceInRows("b.parquet", "6::BIGINT AS _offset", "1::BIGINT AS _offset");

        assertThat(check().problems()).contains(Problem.FOREIGN, Problem.DUPLICATED, Problem.MISSING);
    }

    @Test
    void catchesAnArchivedBadRecord() throws Exception {
        archive.replaceInRows("b.parquet", "6::BIGINT AS _offset", "4::BIGINT AS _offset");

        assertThat(check().problems()).contains(Problem.FOREIGN, Problem.MISSING);
    }

    @Test
    void catchesEveryWrongFactOfAFooter() throws Exception {
        for (String name : new String[] {
            "cluster.id",
            "topic",
            "topic.id",
            "partition",
            "group",
            "offset.first",
            "offset.last",
            "records",
            "rows",
            "undelivered",
            "source.checksum",
            "timestamp.min",
            "timestamp.max"
        }) {
            archive = HandMadeArchive.write(folder);

            archive.setFooter("a.parquet", name, "12");

            assertThat(check().problems()).as(name).contains(Problem.WRONG_FOOTER);
        }
    }

    @Test
    void catchesAnEndThatReachesIntoTheNextFile() throws Exception {
        archive.setFooter("a.parquet", "offset.end", "7");

        assertThat(check().problems()).contains(Problem.DUPLICATED, Problem.WRONG_FOOTER);
    }

    @Test
    void catchesARemovedFile() throws IOException {
        Files.delete(folder.resolve("a.parquet"));

        Findings findings = check();

        assertThat(findings.problems()).containsExactlyInAnyOrder(Problem.MISSING, Problem.MANIFEST_FOREIGN);
        assertThat(findings.count(Problem.MISSING)).isEqualTo(2);
    }

    @Test
    void catchesAnObjectThatIsNoDataFile() throws IOException {
        Files.writeString(folder.resolve("stray"), "text");

        assertThat(check().problems()).containsExactlyInAnyOrder(Problem.UNREADABLE, Problem.MANIFEST_MISSING);
    }

    @Test
    void catchesARemovedManifestEntry() throws IOException {
        archive.deltaManifest.remove(0);

        assertThat(check().problems()).containsExactly(Problem.MANIFEST_MISSING);
    }

    @Test
    void catchesADoubledManifestEntry() throws IOException {
        archive.deltaManifest.add(archive.deltaManifest.get(0));

        assertThat(check().problems()).containsExactly(Problem.MANIFEST_DUPLICATED);
    }

    @Test
    void catchesAManifestEntryOfAnotherTry() throws Exception {
        var before = archive.deltaManifest.get(0);
        archive.setFooter("a.parquet", "offset.end", "5");

        archive.deltaManifest.set(0, before);

        assertThat(check().problems()).contains(Problem.MANIFEST_WRONG);
    }

    @Test
    void catchesALostDeadLetter() throws IOException {
        archive.deltaLetters.clear();

        assertThat(check().problems()).containsExactly(Problem.DEAD_LETTER_MISSING);
    }

    @Test
    void catchesADoubledDeadLetter() throws IOException {
        archive.deltaLetters.add(archive.deltaLetters.get(0));

        assertThat(check().problems()).containsExactly(Problem.DEAD_LETTER_DUPLICATED);
    }

    @Test
    void catchesAChangedDeadLetter() throws IOException {
        archive.deltaLetters.get(0).value()[0] ^= 1;

        assertThat(check().problems()).containsExactly(Problem.DEAD_LETTER_WRONG);
    }

    @Test
    void catchesADeadLetterWithoutAnOriginalHeader() throws IOException {
        archive.deltaLetters.get(0).headers().remove("trace");

        assertThat(check().problems()).containsExactly(Problem.DEAD_LETTER_WRONG);
    }

    @Test
    void catchesADeadLetterWithAnotherReason() throws IOException {
        archive.deltaLetters.get(0).headers().remove("alluvium.reason").add("alluvium.reason", new byte[] {'x'});

        assertThat(check().problems()).containsExactly(Problem.DEAD_LETTER_WRONG);
    }

    @Test
    void catchesADeadLetterOfAGoodRecord() throws IOException {
        archive.deltaLetters.get(0).headers().remove("alluvium.offset").add("alluvium.offset", new byte[] {'3'});

        assertThat(check().problems())
                .containsExactlyInAnyOrder(Problem.DEAD_LETTER_FOREIGN, Problem.DEAD_LETTER_MISSING);
    }
}
