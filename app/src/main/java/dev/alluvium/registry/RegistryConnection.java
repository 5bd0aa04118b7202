package dev.alluvium.registry;

import dev.alluvium.schema.SchemaSourceException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Requests to a registry, repeated until the registry says something sensible or the caller's time is up. An operation
 * runs on a thread of its own, so that nothing that hangs can hold its caller.
 */
final class RegistryConnection {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 400;

    private final RegistrySettings settings;
    private final String setting;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "schema-registry");
        thread.setDaemon(true);
        return thread;
    });

    /** The url that answered last. */
    private final AtomicInteger url = new AtomicInteger();

    /** Why the last request brought nothing. */
    private volatile String trouble = "it does not answer";

    RegistryConnection(RegistrySettings settings, String setting) {
        this.settings = settings;
        this.setting = setting;
    }

    /**
     * Runs an operation, and no longer than this.
     *
     * @throws SchemaSourceException if it does not come to an end in time
     */
    <T> T within(Duration limit, Callable<T> operation) {
        Future<T> running = threads.submit(operation);
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new SchemaSourceException(setting + ".url: no answer from the schema registry " + shown() + ": "
                    + trouble + "; correct the address or see to the registry, it is tried again");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SchemaSourceException refused) {
                throw new SchemaSourceException(String.valueOf(refused.getMessage()));
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SchemaSourceException("interrupted while it asked the schema registry");
        } finally {
            running.cancel(true);
        }
    }

    private URI shown() {
        return settings.urls().get(Math.floorMod(url.get(), settings.urls().size()));
    }

    /**
     * Asks until there is an answer that makes sense, with growing pauses; the other urls in turn.
     *
     * @param makesSense says so of an answer that is neither a refusal nor a fault
     * @throws SchemaSourceException if this process is not let in
     * @throws InterruptedException if the time of {@link #within} is up
     */
    RegistryAnswer get(String path, Predicate<RegistryAnswer> makesSense) throws InterruptedException {
        long pause = FIRST_PAUSE_MS;
        while (true) {
            URI base = shown();
            RegistryAnswer answer = request(base, path);
            if (answer.isRefused()) {
                throw new SchemaSourceException(setting + ".username: the schema registry " + base + " answers "
                        + answer.status() + " to " + path
                        + ": correct username and password or token, or let this user read;"
                        + " it is tried again");
            }
            if (answer.status() > 0 && makesSense.test(answer)) {
                return answer;
            }
            if (answer.status() > 0) {
                trouble = "it answers " + answer.status() + " to " + path
                        + (answer.status() == 404 || answer.isGood() ? ", but not as a registry does" : "");
            }
            url.incrementAndGet();
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
    }

    /** One request; status 0 where nothing came back. */
    private RegistryAnswer request(URI base, String path) throws InterruptedException {
        String start = base.toString().replaceFirst("/+$", "");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(start + path))
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        settings.credentials().ifPresent(known -> request.header("Authorization", known.header()));
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return RegistryAnswer.of(response.statusCode(), response.body());
        } catch (IOException e) {
            String message = e.getMessage();
            trouble = e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
            return RegistryAnswer.of(0, "");
        }
    }
}
