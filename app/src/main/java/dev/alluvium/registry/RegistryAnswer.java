package dev.alluvium.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What came back from a registry: a status and JSON.
 *
 * @param body a missing node if it is no JSON
 */
record RegistryAnswer(int status, JsonNode body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Nothing came back. */
    static final RegistryAnswer NONE = new RegistryAnswer(0, JSON.missingNode());

    static RegistryAnswer of(int status, String text) {
        try {
            return new RegistryAnswer(status, JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return new RegistryAnswer(status, JSON.missingNode());
        }
    }

    /** The registry itself says that there is no such thing, and not something that stands before it. */
    boolean isMissing() {
        return status == 404 && body.path("error_code").asInt() / 100 == 404;
    }

    boolean isRefused() {
        return status == 401 || status == 403;
    }

    boolean isGood() {
        return status == 200;
    }
}
