package dev.alluvium.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.Locale;

/** The result of a demo in the two forms it is printed in. */
final class Report {
    private Report() {}

    /** For people: a line per pipeline. */
    static void printTable(Comparison comparison, PrintStream out) {
        out.printf(
                "%-10s %12s %12s %12s %7s %12s %7s %11s%n",
                "pipeline", "records in", "rows", "dead letters", "files", "bytes", "ratio", "records/s");
        for (Comparison.Pipeline pipeline : comparison.pipelines()) {
            out.printf(
                    Locale.ROOT,
                    "%-10s %,12d %,12d %,12d %,7d %,12d %7.1f %,11.0f%n",
                    pipeline.name(),
                    pipeline.recordsIn(),
                    pipeline.rows(),
                    pipeline.deadLetters(),
                    pipeline.files(),
                    pipeline.bytes(),
                    pipeline.ratio(),
                    pipeline.recordsPerSecond());
        }
    }

    /** For programs: one JSON object on a line. */
    static void printJson(Comparison comparison, PrintStream out) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("ok", comparison.isEqual());
            json.writeArrayFieldStart("pipelines");
            for (Comparison.Pipeline pipeline : comparison.pipelines()) {
                json.writeStartObject();
                json.writeStringField("name", pipeline.name());
                json.writeNumberField("recordsIn", pipeline.recordsIn());
                json.writeNumberField("rows", pipeline.rows());
                json.writeNumberField("files", pipeline.files());
                json.writeNumberField("bytes", pipeline.bytes());
                json.writeNumberField("deadLetters", pipeline.deadLetters());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println(text);
    }
}
