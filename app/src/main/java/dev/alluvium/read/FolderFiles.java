package dev.alluvium.read;

import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Data files as files of a folder. */
record FolderFiles(Path folder) implements DataFiles {
    @Override
    public Listing list(String prefix) throws IOException {
        Path start = folder.resolve(ObjectKey.directoryOf(prefix));
        if (!Files.isDirectory(start)) {
            return new Listing(List.of(), 0);
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(start)) {
            all = walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .filter(path -> key(path).startsWith(prefix) && !isOfAStore(path))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        List<ListedObject> files = new ArrayList<>();
        for (Path path : all) {
            if (key(path).endsWith(Listing.SUFFIX)) {
                files.add(new ListedObject(key(path), Files.size(path)));
            }
        }
        files.sort(Comparator.comparing(ListedObject::key));
        return new Listing(files, all.size() - files.size());
    }

    private String key(Path path) {
        return folder.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    /** A store keeps its temporary files among the data. */
    private boolean isOfAStore(Path path) {
        for (Path segment : folder.relativize(path)) {
            if (segment.toString().startsWith(ObjectKey.OWN_PREFIX)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<ListedObject> find(String key) throws IOException {
        if (key.isEmpty() || key.endsWith("/")) {
            return Optional.empty();
        }
        Path path = folder.resolve(ObjectKey.requireSafe(key));
        return Files.isRegularFile(path) ? Optional.of(new ListedObject(key, Files.size(path))) : Optional.empty();
    }

    @Override
    public DataFile open(ListedObject file) throws IOException {
        return new DataFile(file.key(), DataFileReader.open(folder.resolve(file.key())));
    }

    @Override
    public String describe() {
        return "file:" + folder;
    }
}
