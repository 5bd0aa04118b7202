package dev.alluvium.registry;

import dev.alluvium.schema.SchemaSourceException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Requests to a registry, repeated until the registry says something sensible or the caller's time is up. A call runs on
 * a thread of its own, so that nothing that hangs can hold its caller.
 *
 * <p>A replica of a registry lags behind the one that was written to. So that something is missing is believed only when
 * every url says so, and still says so after a while.
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

    /** Paths that were missing for a while: whoever asks again has waited already. */
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    /** What is asked for on a thread of its own. */
    @FunctionalInterface
    interface Operation<T> {
        T run(Call call) throws InterruptedException;
    }

    RegistryConnection(RegistrySettings settings, String setting) {
        this.settings = settings;
        this.setting = setting;
    }

    /**
     * Runs an operation, and no longer than this.
     *
     * @param patience how long to ask for what is missing before that is believed; less than the limit
     * @throws SchemaSourceException if it does not come to an end in time
     */
    <T> T within(Duration limit, Duration patience, Operation<T> operation) {
        Call call = new Call(patience.toMillis());
        Future<T> running = threads.submit(() -> operation.run(call));
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            url.incrementAndGet(); // it may be a url that never answers which took all the time
            throw new SchemaSourceException(setting + ".url: no answer from the schema registry " + call.troubles()
                    + "; correct the address or see to the registry, it is tried again");
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

    private URI current() {
        List<URI> urls = settings.urls();
        return urls.get(Math.floorMod(url.get(), urls.size()));
    }

    /** The requests of one operation. */
    final class Call {
        /** What there is to wait yet for what is missing. */
        private long patienceMs;

        /** Why the last request to a url brought nothing. */
        private final Map<URI, String> troubles = new ConcurrentHashMap<>();

        private Call(long patienceMs) {
            this.patienceMs = patienceMs;
        }

        /**
         * Asks all urls in turn until there is an answer that makes sense, with growing pauses; or the answer that there
         * is no such thing, when that is to be believed.
         *
         * @param makesSense says so of a good answer
         * @throws SchemaSourceException if this process is not let in
         * @throws InterruptedException if the time of {@link #within} is up
         */
        RegistryAnswer get(String path, Predicate<RegistryAnswer> makesSense) throws InterruptedException {
            long pause = FIRST_PAUSE_MS;
            while (true) {
                RegistryAnswer answer = ask(path, makesSense);
                if (answer.isGood()) {
                    missing.remove(path);
                    return answer;
                }
                if (answer.isMissing() && (patienceMs <= 0 || missing.contains(path))) {
                    missing.add(path);
                    return answer;
                }
                TimeUnit.MILLISECONDS.sleep(pause);
                patienceMs -= pause;
                pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
            }
        }

        /** One answer of all urls: the first one that makes sense, that all of them lack it, or status 0. */
        private RegistryAnswer ask(String path, Predicate<RegistryAnswer> makesSense) throws InterruptedException {
            RegistryAnswer all = RegistryAnswer.NONE;
            boolean isMissing = true;
            for (int i = 0; i < settings.urls().size(); i++) {
                URI base = current();
                RegistryAnswer answer = request(base, path);
                if (answer.isRefused()) {
                    throw new SchemaSourceException(setting + ".username: the schema registry " + base + " answers "
                            + answer.status() + " to " + path
                            + ": correct username and password or token, or let this user read;"
                            + " it is tried again");
                }
                if (answer.isGood() && makesSense.test(answer)) {
                    return answer;
                }
                if (answer.status() > 0) {
                    boolean isOdd = answer.isGood() || (answer.status() == 404 && !answer.isMissing());
                    troubles.put(
                            base,
                            "it answers " + answer.status() + " to " + path
                                    + (isOdd ? ", but not as a registry does" : ""));
                }
                isMissing &= answer.isMissing();
                all = answer;
                url.incrementAndGet();
            }
            return isMissing ? all : RegistryAnswer.NONE;
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
                troubles.put(base, e.getClass().getSimpleName() + (message == null ? "" : ": " + message));
                return RegistryAnswer.NONE;
            }
        }

        private String troubles() {
            return settings.urls().stream()
                    .map(base -> base + ": " + troubles.getOrDefault(base, "it does not answer"))
                    .collect(Collectors.joining("; "));
        }
    }
}
