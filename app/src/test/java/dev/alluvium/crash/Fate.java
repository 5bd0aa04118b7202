package dev.alluvium.crash;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must become of a committed record. */
sealed interface Fate {
    /**
     * It is in exactly one file.
     *
     * @param group the only group whose file may hold it
     * @param rows what the file holds of it, by column; a column that is not named must be null or absent. Values are
     *     String, Long, Double, Boolean, or lists and maps of them, as {@link DataFiles} reads them
     */
    record Archived(String group, List<Map<String, @Nullable Object>> rows) implements Fate {}

    /** It is in the dead letters, exactly once, for this reason. */
    record DeadLetter(String reason) implements Fate {}
}
