package dev.alluvium.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetsFileTest {
    private static final TopicPartition PARTITION = new TopicPartition("in", 1);

    @TempDir
    Path folder;

    @Test
    void takesTheLineOfThePartitionAndTellsWhereItIs() throws Exception {
        OffsetsFile file = file("in,0,x\nin,10,3\n in,1, 7 \n");

        assertThat(file.offsets(List.of(PARTITION)))
                .containsExactly(
                        Map.entry(PARTITION, new NamedStart(7, "start: " + file.file() + ":3", "correct the line")));
    }

    @Test
    void refusesASecondLineOfAPartition() throws Exception {
        refuses("in,1,7\nin,0,1\nin,1,7\n", ":3 is a second line of in-1, after line 1; keep one of them");
    }

    @Test
    void refusesANegativeOffset() throws Exception {
        refuses("in,0,1\nin,1,-1\n", ":2: \"-1\" is not an offset; write a number, at least 0");
    }

    @Test
    void refusesAnOffsetThatIsNoNumber() throws Exception {
        refuses("in,1,end\n", ":1: \"end\" is not an offset; write a number, at least 0");
    }

    @Test
    void refusesToGuessAnOffset() throws Exception {
        refuses("in,0,1\n", " has no line 'in,1,OFFSET'");
    }

    private void refuses(String text, String message) throws Exception {
        OffsetsFile file = file(text);

        assertThatThrownBy(() -> file.offsets(List.of(PARTITION)))
                .isInstanceOf(ArchiveStoppedException.class)
                .hasMessage("start: " + file.file() + message);
    }

    private OffsetsFile file(String text) throws Exception {
        return new OffsetsFile(Files.writeString(folder.resolve("offsets.csv"), text), "start");
    }
}
