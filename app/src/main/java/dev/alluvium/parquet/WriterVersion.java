package dev.alluvium.parquet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which build of the product this is. */
public final class WriterVersion {
    private static final String CURRENT = read();

    private WriterVersion() {}

    /** As the build names it, {@code 0.1.0}; what footers say of who wrote them and what {@code alluvium version} prints. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream resource = WriterVersion.class.getResourceAsStream("version.properties")) {
            if (resource == null) {
                throw new IllegalStateException("version.properties is not on the class path: build with Maven");
            }
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
