package dev.alluvium.storage.local;

import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The objects below a directory, one directory at a time: memory holds one directory's files and the directories still to
 * visit, and no handle stays open between two calls. Symbolic links are left out, as everywhere in this store.
 */
final class ObjectWalk implements Iterator<ListedObject> {
    private final Path base;
    private final String prefix;
    private final Failures failures;
    private final Deque<Path> directories = new ArrayDeque<>();
    private final Deque<ListedObject> found = new ArrayDeque<>();

    ObjectWalk(Path base, Path start, String prefix, Failures failures) {
        this.base = base;
        this.prefix = prefix;
        this.failures = failures;
        directories.push(start);
    }

    @Override
    public boolean hasNext() {
        while (found.isEmpty() && !directories.isEmpty()) {
            visit(directories.pop());
        }
        return !found.isEmpty();
    }

    @Override
    public ListedObject next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return found.pop();
    }

    private void visit(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                take(entry);
            }
        } catch (NoSuchFileException e) {
            if (directory.equals(base)) {
                throw failed(e);
            }
        } catch (DirectoryIteratorException e) {
            throw failed(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void take(Path entry) throws IOException {
        String key =
                base.relativize(entry).toString().replace(entry.getFileSystem().getSeparator(), "/");
        if (key.startsWith(ObjectKey.OWN_PREFIX)) {
            return;
        }
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return; // deleted since the directory was read
        }
        if (attributes.isDirectory()
                && (key + "/").regionMatches(0, prefix, 0, Math.min(key.length() + 1, prefix.length()))) {
            directories.push(entry);
        } else if (attributes.isRegularFile() && key.startsWith(prefix)) {
            found.add(new ListedObject(key, attributes.size()));
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(failures.of("list '" + prefix + "'", e));
    }
}
