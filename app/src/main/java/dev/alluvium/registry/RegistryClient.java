package dev.alluvium.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alluvium.schema.SchemaSource;
import dev.alluvium.schema.SchemaSourceException;
import dev.alluvium.schema.SchemaVersion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Schemas from a registry that speaks Confluent's API. What it gave once is kept, since an id never changes its meaning;
 * a call that the cache cannot answer takes two seconds at most, repeated requests included. Thread safe.
 */
public final class RegistryClient implements SchemaSource {
    private static final Duration LIMIT = Duration.ofSeconds(2);

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
     */
    public RegistryClient(RegistrySettings settings, String setting) {
        this(settings, setting, LIMIT);
    }

    /** As above, with another limit of a call. */
    RegistryClient(RegistrySettings settings, String setting, Duration limit) {
        this.limit = limit;
        this.connection = new RegistryConnection(settings, setting);
    }

    /**
     * Returns if the registry answers and lets this process in.
     *
     * @throws SchemaSourceException if it does not
     */
    public void check() {
        connection.within(limit, () -> {
            connection.get(
                    "/schemas/types", answer -> answer.isGood() && answer.body().isArray());
            return "";
        });
    }

    /**
     * Whether the registry has a subject.
     *
     * @throws SchemaSourceException if it cannot be asked now
     */
    public boolean hasSubject(String subject) {
        return connection.within(
                limit,
                () -> connection
                        .get(
                                "/subjects/" + encoded(subject) + "/versions",
                                answer -> answer.isMissing()
                                        || (answer.isGood() && answer.body().isArray()))
                        .isGood());
    }

    @Override
    public Answer find(int id) {
        Answer known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Answer answer = connection.within(limit, () -> ask(id));
        if (answer instanceof Answer.Found) {
            schemas.put(id, answer);
        }
        return answer;
    }

    private Answer ask(int id) throws InterruptedException {
        RegistryAnswer answer =
                connection.get("/schemas/ids/" + id, got -> got.isMissing() || (got.isGood() && hasSchema(got.body())));
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

    private static boolean hasSchema(JsonNode body) {
        return body.path("schema").isTextual();
    }

    // ---- references ------------------------------------------------------------------------------------------------

    private void collect(Part part, Map<String, FileDescriptorProto> imports)
            throws UnusableException, InterruptedException {
        for (JsonNode reference : part.answer().path("references")) {
            String name = reference.path("name").asText();
            if (!imports.containsKey(name) && !SchemaVersion.isBuiltIn(name)) {
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
        String path = "/subjects/" + encoded(reference.subject()) + "/versions/" + reference.version();
        RegistryAnswer answer = connection.get(path, got -> got.isMissing() || (got.isGood() && hasSchema(got.body())));
        if (!answer.isGood()) {
            throw new UnusableException("imports " + name + ", which is version " + reference.version() + " of subject "
                    + reference.subject() + ", which the registry does not have");
        }
        Part part = part(answer.body());
        references.put(reference, part);
        return part;
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    // ---- files -----------------------------------------------------------------------------------------------------

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
