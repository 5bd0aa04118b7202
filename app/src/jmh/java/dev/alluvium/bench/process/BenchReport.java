package dev.alluvium.bench.process;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The result in the two forms it is printed in. */
final class BenchReport {
    /**
     * What was reached on a data set.
     *
     * @param topic the larger one
     */
    record DataSet(Topic topic, List<Standing> standings) {
        String label() {
            return topic.data().name().toLowerCase(Locale.ROOT);
        }
    }

    private BenchReport() {}

    /** For people. */
    static void printTable(List<DataSet> dataSets, PrintStream out) {
        out.println("data set   contestant   CPU s per further million  broker  records/s  peak RSS MiB  files"
                + "        bytes  ratio  runs");
        for (DataSet dataSet : dataSets) {
            for (Standing standing : dataSet.standings()) {
                out.println(line(dataSet, standing));
            }
        }
    }

    private static String line(DataSet dataSet, Standing standing) {
        String begin = String.format(
                Locale.ROOT,
                "%-10s %-12s ",
                dataSet.label(),
                standing.contestant().label());
        if (!standing.counts()) {
            return begin + "no run that counts";
        }
        List<Double> slopes = standing.slopes();
        return begin
                + String.format(
                        Locale.ROOT,
                        "%7.2f (%.2f to %.2f) %13.2f %,10.0f %13d",
                        Standing.median(slopes),
                        Collections.min(slopes),
                        Collections.max(slopes),
                        Standing.median(standing.brokerSlopes()),
                        standing.recordsPerSecond(),
                        standing.peakRssMiB())
                + (standing.contestant().writesFiles()
                        ? String.format(
                                Locale.ROOT,
                                " %6d %,12d %6.2f %5d",
                                standing.files(),
                                standing.bytes(),
                                (double) dataSet.topic().valueBytes() / standing.bytes(),
                                slopes.size())
                        : String.format(Locale.ROOT, " %6s %12s %6s %5d", "-", "-", "-", slopes.size()));
    }

    /** For programs: one JSON object on a line. */
    static void printJson(List<DataSet> dataSets, PrintStream out) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("datasets");
            for (DataSet dataSet : dataSets) {
                json.writeStartObject();
                json.writeStringField("name", dataSet.label());
                json.writeNumberField("records", dataSet.topic().records());
                json.writeNumberField("bytes", dataSet.topic().valueBytes());
                json.writeArrayFieldStart("contestants");
                for (Standing standing : dataSet.standings()) {
                    write(json, standing);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println(text);
    }

    private static void write(JsonGenerator json, Standing standing) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", standing.contestant().label());
        json.writeBooleanField("counts", standing.counts());
        if (standing.counts()) {
            List<Double> slopes = standing.slopes();
            json.writeNumberField("slopeCpuSecondsPerMillion", Standing.median(slopes));
            json.writeArrayFieldStart("slopes");
            for (double slope : slopes) {
                json.writeNumber(slope);
            }
            json.writeEndArray();
            json.writeNumberField("brokerSlopeCpuSecondsPerMillion", Standing.median(standing.brokerSlopes()));
            json.writeNumberField("recordsPerSecond", standing.recordsPerSecond());
            json.writeNumberField("peakRssMiB", standing.peakRssMiB());
            json.writeNumberField("files", standing.files());
            json.writeNumberField("bytes", standing.bytes());
            json.writeNumberField("rows", standing.rows());
        }
        json.writeEndObject();
    }
}
