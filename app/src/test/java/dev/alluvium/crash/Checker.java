package dev.alluvium.crash;

import dev.alluvium.proto.manifest.v1.DataFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares an archive with the committed topics it came from: every good record is in exactly one file with its exact
 * contents, every bad one exactly once in the dead letters, footers tell the truth, and the manifest names exactly the
 * objects that exist. Needs no more memory than the topics and the rows of one file.
 */
final class Checker {
    private final String clusterId;
    private final DataFiles files;
    private final Findings findings = new Findings();

    private Checker(String clusterId, DataFiles files) {
        this.clusterId = clusterId;
        this.files = files;
    }

    /**
     * Checks a whole archive.
     *
     * @param archive folder of the local object store; every object in it must belong to one of the data sets
     */
    static Findings check(Path archive, String clusterId, List<DataSet> dataSets) throws IOException {
        try (DataFiles files = new DataFiles(archive)) {
            Checker checker = new Checker(clusterId, files);
            checker.check(dataSets);
            return checker.findings;
        }
    }

    private void check(List<DataSet> dataSets) throws IOException {
        Map<String, SourceIndex> sources = new TreeMap<>();
        dataSets.forEach(set -> sources.put(set.pipeline(), new SourceIndex(set)));
        Map<String, DataFile> manifest = readManifest(dataSets);

        for (String key : files.keys()) {
            DataFile named = manifest.remove(key);
            Map<String, String> footer = readFooter(key);
            SourceIndex source = sources.get(footer.getOrDefault("alluvium.pipeline", ""));
            if (named == null) {
                findings.add(Problem.MANIFEST_MISSING, key);
            }
            if (source == null) {
                findings.add(Problem.UNREADABLE, key);
                continue;
            }
            new FileCheck(key, footer, source, files, clusterId, findings).run();
            if (named != null) {
                new ManifestCheck(key, named, files.path(key), footer, findings).run();
            }
        }
        manifest.keySet().forEach(key -> findings.add(Problem.MANIFEST_FOREIGN, key));

        for (SourceIndex source : sources.values()) {
            source.reportCoverage(findings);
            DeadLetterCheck.run(source, findings);
        }
    }

    private Map<String, DataFile> readManifest(List<DataSet> dataSets) throws IOException {
        Map<String, DataFile> byKey = new HashMap<>();
        for (DataSet set : dataSets) {
            for (var entry : set.manifest()) {
                DataFile file = DataFile.parseFrom(entry.value());
                String key = new String(entry.key(), StandardCharsets.UTF_8);
                findings.looked(set.pipeline() + " manifest entries", 1);
                if (!key.equals(file.getKey()) || !file.getPipeline().equals(set.pipeline())) {
                    findings.add(
                            Problem.MANIFEST_WRONG, key + " says key " + file.getKey() + " of " + file.getPipeline());
                }
                if (byKey.put(key, file) != null) {
                    findings.add(Problem.MANIFEST_DUPLICATED, key);
                }
            }
        }
        return byKey;
    }

    /** Empty for what is no Parquet file. */
    private Map<String, String> readFooter(String key) {
        try {
            return files.footer(key);
        } catch (SQLException e) {
            return Map.of();
        }
    }
}
