package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An error as the API answers it. */
final class GcsRefusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    GcsRefusal(int status, String reason, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
    }

    int status() {
        return status;
    }

    /** The error resource of the API. */
    ObjectNode resource() {
        ObjectNode resource = JsonNodeFactory.instance.objectNode();
        ObjectNode error = resource.putObject("error");
        error.put("code", status).put("message", getMessage());
        error.putArray("errors")
                .addObject()
                .put("message", getMessage())
                .put("domain", "global")
                .put("reason", reason);
        return resource;
    }
}
