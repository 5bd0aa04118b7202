package dev.alluvium.registry;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a schema registry is and how it lets one in. What it prints holds no secret.
 *
 * @param urls of one registry; the next one is asked when one does not answer
 * @param credentials nothing is sent without them
 */
public record RegistrySettings(List<URI> urls, Optional<Credentials> credentials) {

    /** Who asks. */
    public sealed interface Credentials {
        /** The header that says so. */
        String header();
    }

    /** Name and password, sent with every request (RFC 7617). */
    public record Basic(String username, String password) implements Credentials {
        @Override
        public String header() {
            String both = username + ":" + password;
            return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "Basic[" + username + "]";
        }
    }

    /** A token that another service gave out (RFC 6750). */
    public record Bearer(String token) implements Credentials {
        @Override
        public String header() {
            return "Bearer " + token;
        }

        @Override
        public String toString() {
            return "Bearer[]";
        }
    }

    public RegistrySettings {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("a registry needs a url");
        }
        urls.forEach(RegistrySettings::requireUsable);
        credentials.ifPresent(given -> requireHeader(given.header()));
    }

    private static void requireUsable(URI url) {
        // Not what URI takes for user info: before a host with an underscore it sees none.
        if (url.toString().contains("@")) {
            throw new IllegalArgumentException("the url must not hold a password: write username and password");
        }
        String scheme = url.getScheme();
        if (scheme == null || url.getHost() == null || !Set.of("http", "https").contains(scheme)) {
            throw new IllegalArgumentException(url + " is not an address; write https://schemas.example.com:8081");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(url + " must end with its path");
        }
    }

    /** The JDK's client refuses line breaks and the like, and would show them. */
    private static void requireHeader(String value) {
        try {
            HttpRequest.newBuilder().header("Authorization", value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the token holds characters that no header may have");
        }
    }
}
