package dev.alluvium.config;

import com.google.protobuf.Descriptors.Descriptor;
import dev.alluvium.batch.DataBatch;
import dev.alluvium.batch.KeyTemplate;
import dev.alluvium.decode.PartitionField;
import dev.alluvium.decode.PartitionField.EpochUnit;
import dev.alluvium.decode.Partitioning;
import dev.alluvium.decode.TimePeriod;
import dev.alluvium.parquet.FileFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What divides messages into files. */
final class PartitionBinder {
    private PartitionBinder() {}

    static Bound<Partitioning> bind(Section section, Bound<Descriptor> message) {
        Bound<Partitioning> partitioning = bindFields(section, message);
        Section range = section.section("range");
        Bound<Optional<String>> rangeField = range.find(PartitionKeys.RANGE_FIELD);
        range.end();
        return section.construct(
                "range",
                () -> new Partitioning(
                                partitioning.get().fields(), rangeField.get().orElse(""))
                        .of(message.get()));
    }

    /** As above, where no key can name a range. */
    static Bound<Partitioning> bindFields(Section section, Bound<Descriptor> message) {
        Bound<List<Section>> elements = section.sectionList(PartitionKeys.PARTITION_BY);
        List<Bound<PartitionField>> fields = new ArrayList<>();
        elements.value().ifPresent(all -> all.forEach(element -> fields.add(field(element))));
        boolean isDefault = !section.has(PartitionKeys.PARTITION_BY.name());
        return section.construct(PartitionKeys.PARTITION_BY.name(), () -> {
            elements.get();
            List<PartitionField> all =
                    isDefault ? Partitioning.DAY.fields() : Bound.all(fields).get();
            return new Partitioning(all, "").of(message.get());
        });
    }

    private static Bound<PartitionField> field(Section section) {
        Bound<PartitionKeys.By> by = section.get(PartitionKeys.BY);
        Bound<Optional<String>> field = section.find(PartitionKeys.FIELD);
        Bound<Optional<EpochUnit>> unit = section.find(PartitionKeys.UNIT);
        Bound<Optional<Long>> size = section.find(PartitionKeys.SIZE);
        Bound<Optional<String>> as = section.find(PartitionKeys.AS);
        return section.build(() -> {
            TimePeriod period = period(by.get());
            refuse(unit.get().isPresent() && period == null, "unit is of times only");
            refuse(as.get().isPresent() && period != null, "a time has no other name");
            refuse(size.get().isPresent() && by.get() != PartitionKeys.By.RANGE, "size is of ranges only");
            refuse(size.get().isEmpty() && by.get() == PartitionKeys.By.RANGE, "a range needs its size");
            refuse(
                    field.get().isEmpty() && period == null,
                    "a field is needed: the record's time can be year, month," + " day or hour");
            String path = field.get().orElse("");
            if (period != null) {
                return new PartitionField.Slice(period, path, unit.get().orElse(null));
            } else if (by.get() == PartitionKeys.By.RANGE) {
                return new PartitionField.Range(
                        path, size.get().orElseThrow(), free(as.get().orElse("range")));
            }
            return new PartitionField.Value(path, free(as.get().orElse(path)));
        });
    }

    private static @Nullable TimePeriod period(PartitionKeys.By by) {
        return switch (by) {
            case YEAR -> TimePeriod.YEAR;
            case MONTH -> TimePeriod.MONTH;
            case DAY -> TimePeriod.DAY;
            case HOUR -> TimePeriod.HOUR;
            case RANGE, VALUE -> null;
        };
    }

    private static void refuse(boolean isRefused, String why) {
        if (isRefused) {
            throw new IllegalArgumentException(why);
        }
    }

    private static String free(String name) {
        refuse(
                Partitioning.isTaken(name)
                        || KeyTemplate.OF_EVERY_CUT.contains(name)
                        || FileFacts.isTaken(name)
                        || name.equals(DataBatch.SORTED_BY),
                "{" + name + "} means something else in keys and footers: choose a name with as");
        return name;
    }
}
