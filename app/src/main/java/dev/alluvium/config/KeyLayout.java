package dev.alluvium.config;

import dev.alluvium.decode.PartitionField;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.TimePeriod;
import java.util.ArrayList;
import java.util.List;

/** How the folders of a key look where none is written: the key template that follows from what divides files. */
enum KeyLayout {
    /** Folders are values: {@code 2026-02-06/14}. */
    PLAIN,
    /** Folders are names and values, columns to readers of hive-style tables: {@code year=2026/month=02/day=06}. */
    HIVE;

    /** The key template. */
    String key(Partitioning partitioning, boolean hasLate) {
        List<String> segments = new ArrayList<>();
        segments.add(this == HIVE ? "{pipeline}" : "{message}");
        partitioning.fields().forEach(field -> segments.addAll(folders(field)));
        String range = partitioning.rangeField().isEmpty() ? "" : "{min}-{max}-";
        segments.add("{topic}-" + range + "{partition}-{firstOffset}" + (hasLate ? "{late}" : "") + ".parquet");
        return String.join("/", segments);
    }

    private List<String> folders(PartitionField field) {
        if (field instanceof PartitionField.Slice slice) {
            return this == HIVE ? hive(slice.period()) : plain(slice.period());
        }
        return field.placeholders().stream().map(this::folder).toList();
    }

    private String folder(String name) {
        return this == HIVE ? name + "={" + name + "}" : "{" + name + "}";
    }

    private List<String> hive(TimePeriod period) {
        return switch (period) {
            case YEAR -> List.of(folder("year"));
            case MONTH -> List.of(folder("year"), folder("month"));
            case DAY -> List.of(folder("year"), folder("month"), folder("day"));
            case HOUR -> List.of(folder("year"), folder("month"), folder("day"), folder("hour"));
        };
    }

    private static List<String> plain(TimePeriod period) {
        return switch (period) {
            case YEAR -> List.of("{year}");
            case MONTH -> List.of("{year}-{month}");
            case DAY -> List.of("{date}");
            case HOUR -> List.of("{date}", "{hour}");
        };
    }
}
