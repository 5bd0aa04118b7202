package dev.alluvium.read;

import dev.alluvium.parquet.DataFileReader;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Data files as files of a folder. */
record FolderFiles(Path folder) implements DataFiles {
    @Override
    public Listing list(String prefix) throws IOException {
        Path start = folder.resolve(ObjectKey.directoryOf(prefix));
        List<ListedObject> files = new ArrayList<>();
        int[] others = {0};
        if (Files.isDirectory(start)) {
            Files.walkFileTree(start, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    // Only what may hold keys of the prefix: its folder may be the root of a disk.
                    String key = key(directory);
                    boolean mayHold = directory.equals(start) || (key + "/").startsWith(prefix);
                    return mayHold && !isOfAStore(key) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String key = key(file);
                    if (attributes.isRegularFile() && key.startsWith(prefix) && !isOfAStore(key)) {
                        if (key.endsWith(Listing.SUFFIX)) {
                            files.add(new ListedObject(key, attributes.size()));
                        } else {
                            others[0]++;
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        files.sort(Comparator.comparing(ListedObject::key));
        return new Listing(files, others[0]);
    }

    private String key(Path path) {
        return folder.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    /** What a store in this folder keeps for itself; further down such a name is part of a key like any other. */
    private static boolean isOfAStore(String key) {
        return key.startsWith(ObjectKey.OWN_PREFIX);
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
