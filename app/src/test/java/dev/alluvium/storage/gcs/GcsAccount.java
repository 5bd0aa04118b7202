package dev.alluvium.storage.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service account and the endpoint that gives it tokens: the signed assertion of RFC 7523, as Google's page "Using OAuth
 * 2.0 for server to server applications" describes it. Thread safe.
 */
final class GcsAccount {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The audience that Google's own client names, whatever endpoint the key names. */
    private static final String AUDIENCE = "https://oauth2.googleapis.com/token";

    private static final String EMAIL = "archive@test.iam.gserviceaccount.com";

    private final KeyPair keys;
    private final String tokenUri;
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final AtomicInteger issued = new AtomicInteger();

    GcsAccount(String tokenUri) {
        this.tokenUri = tokenUri;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the account's key as Google hands it out. */
    Path writeKey(Path file) throws IOException {
        String key = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        Map<String, String> fields = Map.of(
                "type", "service_account",
                "project_id", "test",
                "private_key_id", "1",
                "private_key", key,
                "client_email", EMAIL,
                "client_id", "1",
                "token_uri", tokenUri);
        return Files.write(file, JSON.writeValueAsBytes(fields));
    }

    /** A token for a good assertion. */
    String exchange(String assertion) throws GeneralSecurityException, IOException {
        String[] parts = assertion.split("\\.", -1);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(keys.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        if (parts.length != 3 || !signature.verify(Base64.getUrlDecoder().decode(parts[2]))) {
            throw new GeneralSecurityException("Invalid JWT Signature.");
        }
        JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        boolean isGood = claims.path("iss").asText().equals(EMAIL)
                && claims.path("aud").asText().equals(AUDIENCE)
                && claims.path("scope").asText().contains("devstorage")
                && claims.path("exp").asLong() > Instant.now().getEpochSecond();
        if (!isGood) {
            throw new GeneralSecurityException("Invalid claims: " + claims);
        }
        String token = "token-" + issued.incrementAndGet();
        tokens.add(token);
        return token;
    }

    /** Makes all tokens worthless, as their end of life does. */
    void expireTokens() {
        tokens.clear();
    }

    boolean knows(String token) {
        return tokens.contains(token);
    }

    /** How many tokens have been given out. */
    int issued() {
        return issued.get();
    }
}
