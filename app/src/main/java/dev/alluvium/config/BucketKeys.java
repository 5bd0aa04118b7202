package dev.alluvium.config;

import java.net.URI;
import java.net.URISyntaxException;

/** The keys of a bucket, whoever keeps it. */
final class BucketKeys {
    static final Key<String> BUCKET = Key.required("bucket", Syntax.text(), "Exists already");

    static final Key<String> PREFIX = Key.optional(
            "prefix",
            KeySyntax.prefix(),
            "none",
            "Goes before every key, with a slash between. Two installations that share a bucket need one each");

    private BucketKeys() {}

    /**
     * Where the store is.
     *
     * @param example of an address, for who wrote none
     */
    static Key<URI> endpoint(String otherwise, String meaning, String example) {
        return Key.optional("endpoint", Form.of("address", text -> address(text, example)), otherwise, meaning);
    }

    private static URI address(String text, String example) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not an address; write " + example, e);
        }
    }
}
