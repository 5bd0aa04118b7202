package dev.alluvium.read;

import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Data files as objects of a store. */
record StoreFiles(ObjectStore store) implements DataFiles {
    @Override
    public Listing list(String prefix) throws IOException {
        List<ListedObject> all = all(prefix);
        List<ListedObject> files = all.stream()
                .filter(object -> object.key().endsWith(Listing.SUFFIX))
                .toList();
        return new Listing(files, all.size() - files.size());
    }

    @Override
    public Optional<ListedObject> find(String key) throws IOException {
        // Not stat, which may read the whole object for its checksum.
        return all(key).stream().filter(object -> object.key().equals(key)).findFirst();
    }

    private List<ListedObject> all(String prefix) throws IOException {
        try (Stream<ListedObject> objects = store.list(prefix)) {
            return objects.sorted(Comparator.comparing(ListedObject::key)).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public DataFile open(ListedObject file) throws IOException {
        return new DataFile(
                file.key(), DataFileReader.open(file.key(), new ObjectBytes(store, file.key(), file.size())));
    }

    @Override
    public String describe() {
        return store.describe();
    }
}
