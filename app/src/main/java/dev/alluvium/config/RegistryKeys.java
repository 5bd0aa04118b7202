package dev.alluvium.config;

import dev.alluvium.decode.RegistryDecoderSettings.Policy;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The keys of a schema registry. */
final class RegistryKeys {
    private static final Syntax<Policy> POLICY = Syntax.oneOf(Map.of("stop", Policy.STOP, "reject", Policy.REJECT));

    static final Key<List<URI>> URL = Key.required(
            "url",
            new Form<>(
                    "address, or several with commas between",
                    RegistryKeys::addresses,
                    urls -> urls.stream().map(URI::toString).collect(Collectors.joining(","))),
            "Of a registry that speaks Confluent's API, without a password. Apicurio's ends with `/apis/ccompat/v7`."
                    + " Several are one registry: the next is asked when one does not answer");

    static final Key<String> USERNAME =
            Key.optional("username", Syntax.text(), "none", "For basic authentication, with `password`");

    static final Key<String> PASSWORD = Key.optional(
            "password", Syntax.text(), "none", "Write it as `${file:PATH}`; never logged. With `username`");

    static final Key<String> TOKEN = Key.optional(
            "token",
            Syntax.text(),
            "none",
            "Bearer token, in place of `username` and `password`; write it as `${file:PATH}`, never logged");

    static final Key<Policy> ON_UNKNOWN = Key.of(
            "onUnknownSchema",
            POLICY,
            Policy.STOP,
            "When the registry does not have a record's schema: `stop` the pipeline, or `reject` the records to the"
                    + " dead-letter topic. A rejected id stays rejected, also when the registry has it later");

    static final Key<Policy> ON_INCOMPATIBLE = Key.of(
            "onIncompatible",
            POLICY,
            Policy.STOP,
            "When a schema cannot be read together with those before it, or is not protobuf: as above");

    static final Key<String> MESSAGE = Key.optional(
            "message",
            Names.MESSAGE,
            "all that come",
            "With a `registry`: full name of the only message that is archived; records of others are rejected");

    /** Stands for an address with user info, so that nothing quotes it: who takes it refuses it. */
    private static final URI WITH_PASSWORD = URI.create("https://user@host");

    private RegistryKeys() {}

    private static List<URI> addresses(String text) {
        List<URI> addresses = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            try {
                addresses.add(one.contains("@") ? WITH_PASSWORD : new URI(one.strip()));
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("is not an address; write https://schemas.example.com:8081", e);
            }
        }
        return addresses;
    }
}
