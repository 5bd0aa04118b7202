package dev.alluvium.decode;

import dev.alluvium.schema.DeltaTable;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables that deltas name, and their groups. Bounded: tables that nobody declared are forgotten when they become
 * too many, and a group when nobody but this holds it, so that it stays the same as long as its batch is open.
 */
final class DeltaTables {
    private static final int MAX_UNDECLARED = 256;

    private final DeltaSettings settings;
    private final NameIndex names = new NameIndex();
    private final List<DeltaLayout> layouts = new ArrayList<>();
    /** What is declared now; these come first among the layouts. */
    private List<DeltaLayout> declared;

    private final Map<String, Held> groups = new HashMap<>();
    private final ReferenceQueue<Group> unused = new ReferenceQueue<>();
    private @Nullable DeltaLayout last;

    DeltaTables(DeltaSettings settings) {
        this.settings = settings;
        this.declared = settings.tables().stream().map(this::layout).toList();
        forgetUndeclared();
    }

    /** Takes up other declarations. Layouts and groups of tables that stay the same stay the same. */
    void declare(List<DeltaTable> tables) {
        Map<DeltaTable, DeltaLayout> known = new HashMap<>();
        declared.forEach(layout -> known.put(layout.declaration, layout));
        declared = tables.stream()
                .map(table -> {
                    DeltaLayout same = known.get(table);
                    return same == null ? layout(table) : same;
                })
                .toList();
        last = null;
        forgetUndeclared();
    }

    private DeltaLayout layout(DeltaTable table) {
        return new DeltaLayout(table, true, settings);
    }

    /** The table of a valid name; null if it is not declared and must be. */
    @Nullable
    DeltaLayout find(byte[] bytes, Span table) {
        if (last != null && last.isNamed(bytes, table)) {
            return last;
        }
        int index = names.find(bytes, table.start, table.end);
        if (index < 0 && settings.strict()) {
            return null;
        }
        DeltaLayout found = index < 0 ? addUndeclared(bytes, table) : layouts.get(index);
        last = found;
        return found;
    }

    /** The group of a table and UTC day. */
    DeltaGroup group(DeltaLayout layout, long epochDay) {
        DeltaGroup group = layout.lately(epochDay);
        if (group == null) {
            group = recall(layout, epochDay);
            layout.remember(group);
        }
        return group;
    }

    private void forgetUndeclared() {
        names.clear();
        layouts.clear();
        declared.forEach(this::add);
    }

    private DeltaLayout addUndeclared(byte[] bytes, Span table) {
        if (layouts.size() >= declared.size() + MAX_UNDECLARED) {
            forgetUndeclared();
        }
        String name = new String(bytes, table.start, table.length(), StandardCharsets.UTF_8);
        DeltaLayout layout = new DeltaLayout(DeltaTable.undeclared(name), false, settings);
        add(layout);
        return layout;
    }

    private void add(DeltaLayout layout) {
        names.add(layout.name, 0, layout.name.length);
        layouts.add(layout);
    }

    private DeltaGroup recall(DeltaLayout layout, long epochDay) {
        for (Reference<? extends Group> gone = unused.poll(); gone != null; gone = unused.poll()) {
            if (gone instanceof Held held) {
                groups.remove(held.id, held);
            }
        }
        String date = LocalDate.ofEpochDay(epochDay).toString();
        String id = layout.table + "/" + date;
        Held held = groups.get(id);
        Group group = held == null ? null : held.get();
        if (group == null || !group.schema().equals(layout.schema)) {
            Map<String, String> attributes = Map.of(
                    "table",
                    layout.table,
                    "date",
                    date,
                    "gateway",
                    settings.gateway(),
                    DeltaTable.SCHEMA_FACT,
                    layout.json);
            group = new Group(id, layout.schema, attributes);
            groups.put(id, new Held(group, unused));
        }
        return new DeltaGroup(epochDay, group);
    }

    private static final class Held extends WeakReference<Group> {
        private final String id;

        Held(Group group, ReferenceQueue<Group> queue) {
            super(group, queue);
            id = group.id();
        }
    }
}
