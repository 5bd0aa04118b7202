package dev.alluvium.cli;

import dev.alluvium.config.ConfigurationException;
import dev.alluvium.config.ConfigurationFile;
import dev.alluvium.read.DataFiles;
import dev.alluvium.read.Listing;
import dev.alluvium.storage.ListedObject;
import dev.alluvium.storage.ObjectStore;
import dev.alluvium.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the files of a command lie: on this machine, or in the store of a configuration. */
final class FilesOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Look in the store of this configuration file, not on this machine.")
    private @Nullable Path configuration;

    /**
     * The files of one place.
     *
     * @param isOne whether the place names one file, and not all that begin so
     * @param others how many were left out because of their names
     */
    record Found(DataFiles source, List<ListedObject> files, boolean isOne, int others) {}

    /** What a command does with files. */
    @FunctionalInterface
    interface Use {
        int of(Found found) throws IOException;
    }

    /**
     * Hands on the files of a place: a file's path or key, a folder, or what several begin with.
     *
     * @throws IOException if there are none
     */
    int find(String place, Map<String, String> environment, Use use) throws IOException, ConfigurationException {
        if (configuration == null) {
            return use.of(onThisMachine(place));
        }
        StorageSettings settings =
                ConfigurationFile.read(configuration, environment).storage();
        if (settings instanceof StorageSettings.Local local) {
            // A store of its own would make folders, and remove files that it takes for left over.
            return use.of(find(DataFiles.of(local.directory()), place));
        }
        try (ObjectStore store = Stores.open(settings, Clock.systemUTC())) {
            return use.of(find(DataFiles.of(store), place));
        }
    }

    private static Found onThisMachine(String place) throws IOException {
        Path path = Path.of(place).toAbsolutePath().normalize();
        if (Files.isDirectory(path)) {
            return all(DataFiles.of(path), "", place);
        }
        Path folder = path.getParent();
        Path name = path.getFileName();
        if (folder == null || name == null) {
            throw nothing(place, "this machine");
        }
        return find(DataFiles.of(folder), name.toString());
    }

    private static Found find(DataFiles source, String place) throws IOException {
        Optional<ListedObject> one = source.find(place);
        return one.isPresent() ? new Found(source, List.of(one.get()), true, 0) : all(source, place, place);
    }

    private static Found all(DataFiles source, String prefix, String place) throws IOException {
        Listing listing = source.list(prefix);
        if (listing.files().isEmpty()) {
            throw nothing(place, source.describe());
        }
        return new Found(source, listing.files(), false, listing.others());
    }

    private static IOException nothing(String place, String where) {
        return new IOException("there is no file " + place + " in " + where + ", and none that begins so and ends in "
                + Listing.SUFFIX);
    }
}
