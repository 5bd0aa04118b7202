package dev.alluvium.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.schema.SchemaSource;
import dev.alluvium.schema.SchemaSourceException;
import dev.alluvium.schema.SchemaVersion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Schemas from a registry that speaks Confluent's API. What it gave once is kept, since an id never changes its meaning;
 * a call that the cache cannot answer takes three seconds at most, or another limit, repeated requests included. Thread safe.
 */
public final class RegistryClient implements SchemaSource {
    /** How long a stream thread may wait. */
    static final Duration LIMIT = Duration.ofSeconds(3);

    /** How long something must be missing: replicas catch up sooner. The limit leaves a slow registry time to say so. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    private final Duration limit;
    private final RegistryConnection connection;
    private final Map<Integer, Answer> schemas = new ConcurrentHashMap<>();
    private final Map<Reference, Part> references = new ConcurrentHashMap<>();

    /** A version of a subject, which never changes. */
    private record Reference(String subject, int version) {}

    /** A file and the registry's answer that it came with, which names its imports. */
    private record Part(FileDescriptorProto file, JsonNode answer) {}

    /** What the registry has is nothing to read records with. */
    private static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String message) {
            super(message);
        }
    }

    /**
     * A client; asks nothing yet.
     *
     * @param setting how the configuration calls its section, for messages: {@code pipelines[orders].data.registry}
     * @param clock measures how long something has been missing
     */
    public RegistryClient(RegistrySettings settings, String setting, Clock clock) {
        this(settings, setting, LIMIT, clock);
    }

    /** As above, for whoever may wait longer than a stream thread. */
    public RegistryClient(RegistrySettings settings, String setting, Duration limit, Clock clock) {
        this(settings, setting, limit, clock, TimeUnit.MILLISECONDS::sleep);
    }

    /** As above, with another way to wait between requests. */
    RegistryClient(
            RegistrySettings settings, String setting, Duration limit, Clock clock, RegistryConnection.Pause pause) {
        this.limit = limit;
        this.connection = new RegistryConnection(settings, setting, clock, pause);
    }

    /**
     * Returns if the registry answers and lets this process in.
     *
     * @throws SchemaSourceException if it does not
     */
    public void check() {
        // Every registry has types: that they are missing is never believed.
        var unused = connection.within(
                limit,
                call -> call.get(
                        "/schemas/types", NEVER, answer -> answer.body().isArray()));
    }

    /**
     * Whether the registry has a subject.
     *
     * @throws SchemaSourceException if it cannot be asked now
     */
    public boolean hasSubject(String subject) {
        return connection.within(
                limit,
                call -> call.get(
                                "/subjects/" + encoded(subject) + "/versions",
                                Duration.ZERO,
                                answer -> answer.body().isArray())
                        .isGood());
    }

    @Override
    public Map<Integer, Answer> find(Set<Integer> ids) {
        Map<Integer, Answer> answers = new HashMap<>();
        for (int id : ids) {
            Answer known = schemas.get(id);
            if (known != null) {
                answers.put(id, known);
            }
        }
        Set<Integer> unknown = new TreeSet<>(ids);
        unknown.removeAll(answers.keySet());
        if (!unknown.isEmpty()) {
            answers.putAll(connection.within(limit, call -> new Lookup(call).find(unknown)));
        }
        return answers;
    }

    /** Asks for schemas and what they import. */
    private final class Lookup {
        private final RegistryConnection.Call call;

        Lookup(RegistryConnection.Call call) {
            this.call = call;
        }

        Map<Integer, Answer> find(Set<Integer> ids) throws InterruptedException {
            Map<Integer, Answer> answers = new HashMap<>();
            for (int id : ids) {
                Answer answer = find(id);
                answers.put(id, answer);
                if (!(answer instanceof Answer.Found)) {
                    break; // to wait for the next one too there may be no time
                }
                schemas.put(id, answer); // also if there is no time for the others
            }
            return answers;
        }

        private Answer find(int id) throws InterruptedException {
            RegistryAnswer answer = call.get("/schemas/ids/" + id, PATIENCE, got -> hasSchema(got.body()));
            if (!answer.isGood()) {
                return new Answer.Missing();
            }
            try {
                Part main = part(answer.body());
                Map<String, FileDescriptorProto> imports = new LinkedHashMap<>();
                collect(main, imports);
                return new Answer.Found(SchemaVersion.link(id, main.file(), imports));
            } catch (UnusableException | IllegalArgumentException e) {
                return new Answer.Unusable(String.valueOf(e.getMessage()));
            }
        }

        private void collect(Part part, Map<String, FileDescriptorProto> imports)
                throws UnusableException, InterruptedException {
            for (JsonNode reference : part.answer().path("references")) {
                String name = reference.path("name").asText();
                if (!imports.containsKey(name) && !SchemaVersion.isOfProtobuf(name)) {
                    Part referred = referred(
                            name,
                            new Reference(
                                    reference.path("subject").asText(),
                                    reference.path("version").asInt()));
                    imports.put(name, referred.file());
                    collect(referred, imports);
                }
            }
        }

        private Part referred(String name, Reference reference) throws UnusableException, InterruptedException {
            Part known = references.get(reference);
            if (known != null) {
                return known;
            }
            // A version that was deleted softly is still what the schema means.
            String path =
                    "/subjects/" + encoded(reference.subject()) + "/versions/" + reference.version() + "?deleted=true";
            RegistryAnswer answer = call.get(path, PATIENCE, got -> hasSchema(got.body()));
            if (!answer.isGood()) {
                throw new UnusableException("imports " + name + ", which is version " + reference.version()
                        + " of subject " + reference.subject() + ", which the registry does not have");
            }
            Part part = part(answer.body());
            references.put(reference, part);
            return part;
        }
    }

    // ---- files -----------------------------------------------------------------------------------------------------

    private static boolean hasSchema(JsonNode body) {
        return body.path("schema").isTextual();
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Part part(JsonNode answer) throws UnusableException {
        String type = answer.path("schemaType").asText("PROTOBUF");
        if (!type.equals("PROTOBUF")) {
            throw new UnusableException("is a schema of type " + type);
        }
        return new Part(file(answer.path("schema").asText()), answer);
    }

    /** Some clients register the serialized descriptor, and some registries give back what was registered. */
    private static FileDescriptorProto file(String schema) {
        if (schema.chars().noneMatch(c -> c == ';' || c == '{')) {
            try {
                return FileDescriptorProto.parseFrom(Base64.getDecoder().decode(schema.trim()));
            } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
                throw new IllegalArgumentException("is neither a .proto text nor a serialized descriptor", e);
            }
        }
        return ProtoText.parse(schema);
    }
}
