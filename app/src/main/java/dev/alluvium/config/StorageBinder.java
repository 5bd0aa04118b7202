package dev.alluvium.config;

import dev.alluvium.storage.StorageSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** Where files go: which keys there are depends on the type of store. */
final class StorageBinder {
    private static final Key<Function<Section, Bound<StorageSettings>>> TYPE = Key.required(
            "type",
            Syntax.oneOf(Map.of("local", StorageBinder::local, "s3", S3Binder::bind, "gcs", GcsBinder::bind)),
            "Which kind of store files go to");

    private static final Key<Path> LOCAL_PATH =
            Key.required("path", Syntax.path(), "Folder of the archive; made if it is missing");

    private StorageBinder() {}

    static Bound<StorageSettings> bind(Section section) {
        Bound<Function<Section, Bound<StorageSettings>>> type = section.get(TYPE);
        return type.value().map(binder -> binder.apply(section)).orElseGet(Bound::invalid);
    }

    private static Bound<StorageSettings> local(Section section) {
        Bound<Path> path = section.get(LOCAL_PATH);
        return section.build(() -> new StorageSettings.Local(path.get()));
    }
}
