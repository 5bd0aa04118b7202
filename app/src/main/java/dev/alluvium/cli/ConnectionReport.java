package dev.alluvium.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.alluvium.storage.StoragePermission;
import dev.alluvium.topology.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;

/**
 * What {@code validate --connect} found, and what a run must be allowed to do, in the two forms it is printed in.
 *
 * @param acls commands that give the rights a run always needs
 * @param aclsToCreate commands that give the rights to create topics that are missing
 * @param createTopics commands that create the topics instead; none of a pipeline whose source is not known
 */
record ConnectionReport(
        List<Finding> findings,
        List<String> acls,
        List<String> aclsToCreate,
        List<String> createTopics,
        List<StoragePermission> storage) {

    boolean isGood() {
        return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
    }

    /** For people: a line per check, then what to allow. */
    void printText(PrintWriter out) {
        findings.forEach(finding -> out.println(line(finding)));
        print(out, "Kafka, needed always (put your principal in place of User:alluvium):", acls);
        print(out, "Kafka, needed if Alluvium is to create its topics and to grow the ledger:", aclsToCreate);
        print(out, "Kafka, to create the topics beforehand instead:", createTopics);
        print(
                out,
                "Store:",
                storage.stream()
                        .map(it -> it.action() + " on " + it.resource() + ", " + it.purpose())
                        .toList());
    }

    private static String line(Finding finding) {
        String level = finding.level() == Finding.Level.FAIL
                ? "FAIL"
                : finding.level().name().toLowerCase(Locale.ROOT);
        return String.format("%-4s  ", level) + finding.subject() + ": " + finding.detail()
                + (finding.action().isEmpty() ? "" : "; do: " + finding.action());
    }

    private static void print(PrintWriter out, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            out.println();
            out.println(title);
            lines.forEach(line -> out.println("  " + line));
        }
    }

    /** For programs: one JSON object on a line. */
    void printJson(PrintWriter out) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("ok", isGood());
            json.writeArrayFieldStart("checks");
            for (Finding finding : findings) {
                json.writeStartObject();
                json.writeStringField("level", finding.level().name().toLowerCase(Locale.ROOT));
                json.writeStringField("subject", finding.subject());
                json.writeStringField("detail", finding.detail());
                json.writeStringField("action", finding.action());
                json.writeEndObject();
            }
            json.writeEndArray();
            write(json, "acls", acls);
            write(json, "aclsToCreate", aclsToCreate);
            write(json, "createTopics", createTopics);
            json.writeArrayFieldStart("storage");
            for (StoragePermission permission : storage) {
                json.writeStartObject();
                json.writeStringField("action", permission.action());
                json.writeStringField("resource", permission.resource());
                json.writeStringField("purpose", permission.purpose());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println(text);
    }

    private static void write(JsonGenerator json, String name, List<String> lines) throws IOException {
        json.writeArrayFieldStart(name);
        for (String line : lines) {
            json.writeString(line);
        }
        json.writeEndArray();
    }
}
