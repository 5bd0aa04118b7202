package dev.alluvium.storage.gcs;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.cloud.ServiceOptions;
import com.google.cloud.http.HttpTransportOptions;
import dev.alluvium.storage.StorageSettings.Gcs.Waits;

/**
 * HTTP by the JDK's own client and TLS. The client's default would load Conscrypt, whose native library must be unpacked to
 * a writable directory first, and would wait without end for a store that takes no more bytes.
 */
final class Transport extends HttpTransportOptions {
    private static final long serialVersionUID = 1;

    private final int writeMillis;

    Transport(Waits waits) {
        super(HttpTransportOptions.newBuilder()
                .setHttpTransportFactory(NetHttpTransport::new)
                .setConnectTimeout(Math.toIntExact(waits.connect().toMillis()))
                .setReadTimeout(Math.toIntExact(waits.read().toMillis())));
        this.writeMillis = Math.toIntExact(waits.read().toMillis());
    }

    @Override
    public HttpRequestInitializer getHttpRequestInitializer(ServiceOptions<?, ?> options) {
        HttpRequestInitializer initializer = super.getHttpRequestInitializer(options);
        return request -> {
            initializer.initialize(request);
            request.setWriteTimeout(writeMillis);
        };
    }
}
