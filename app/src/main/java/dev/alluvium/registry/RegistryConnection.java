package dev.alluvium.registry;

import dev.alluvium.schema.SchemaSourceException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
 * every url says so each time for a while.
 */
final class RegistryConnection {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE_MS = 250;
    private static final long LONGEST_PAUSE_MS = 500;

    /** Whoever asks for what was missing a moment ago need not wait as long again. */
    private static final Duration RECENT = Duration.ofSeconds(10);

    private final RegistrySettings settings;
    private final String setting;
    private final Clock clock;
    private final Pause pause;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "schema-registry");
        thread.setDaemon(true);
        return thread;
    });

    /** Which url to ask first: the one that answered well last. */
    private final AtomicInteger start = new AtomicInteger();

    /** What every url lacked when it was asked last, by path. */
    private final Map<String, Absence> missing = new ConcurrentHashMap<>();

    /** Every url has lacked a path each time from then till then. */
    private record Absence(Instant since, Instant last) {
        Absence until(Instant now) {
            Duration unseen = Duration.between(last, now);
            return new Absence(unseen.isNegative() || unseen.compareTo(RECENT) > 0 ? now : since, now);
        }

        Duration length() {
            return Duration.between(since, last);
        }
    }

    /** The way to wait between requests. */
    @FunctionalInterface
    interface Pause {
        void pause(long millis) throws InterruptedException;
    }

    /** What is asked for on a thread of its own. */
    @FunctionalInterface
    interface Operation<T> {
        T run(Call call) throws InterruptedException;
    }

    RegistryConnection(RegistrySettings settings, String setting, Clock clock, Pause pause) {
        this.settings = settings;
        this.setting = setting;
        this.clock = clock;
        this.pause = pause;
    }

    /**
     * Runs an operation, and no longer than this.
     *
     * @throws SchemaSourceException if it does not come to an end in time
     */
    <T> T within(Duration limit, Operation<T> operation) {
        Call call = new Call();
        Future<T> running = threads.submit(() -> operation.run(call));
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            start.set(call.asked + 1); // it may be a url that never answers which took all the time
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

    /** The requests of one operation. */
    final class Call {
        /** Which url was asked last. */
        private volatile int asked;

        /** Why the last request to a url brought nothing. */
        private final Map<URI, String> troubles = new ConcurrentHashMap<>();

        /**
         * Asks all urls in turn until there is an answer that makes sense, with growing pauses; or the answer that there
         * is no such thing, when that is to be believed.
         *
         * @param patience how long all urls must have lacked it before that is believed
         * @param makesSense says so of a good answer
         * @throws SchemaSourceException if this process is not let in
         * @throws InterruptedException if the time of {@link #within} is up
         */
        RegistryAnswer get(String path, Duration patience, Predicate<RegistryAnswer> makesSense)
                throws InterruptedException {
            long pauseMs = FIRST_PAUSE_MS;
            while (true) {
                RegistryAnswer answer = ask(path, makesSense);
                boolean isMissing = answer.isMissing();
                Duration absence = note(path, isMissing);
                if (answer.isGood() || (isMissing && absence.compareTo(patience) >= 0)) {
                    return answer;
                }
                pause.pause(pauseMs);
                pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
            }
        }

        /** How long a path has been missing by now. */
        private Duration note(String path, boolean isMissing) {
            Absence absence = missing.compute(path, (key, before) -> {
                if (!isMissing) {
                    return null;
                }
                Instant now = clock.instant(); // in here, so that no other thread has a later one
                return before == null ? new Absence(now, now) : before.until(now);
            });
            return absence == null ? Duration.ZERO : absence.length();
        }

        /** One answer of all urls: the first one that makes sense, that all of them lack it, or status 0. */
        private RegistryAnswer ask(String path, Predicate<RegistryAnswer> makesSense) throws InterruptedException {
            RegistryAnswer all = RegistryAnswer.NONE;
            boolean isMissing = true;
            List<URI> urls = settings.urls();
            int first = start.get(); // others may move it meanwhile
            for (int i = 0; i < urls.size(); i++) {
                asked = Math.floorMod(first + i, urls.size());
                URI base = urls.get(asked);
                RegistryAnswer answer = request(base, path);
                if (answer.isRefused()) {
                    missing.remove(path);
                    throw new SchemaSourceException(setting + ".username: the schema registry " + base + " answers "
                            + answer.status() + " to " + path
                            + ": correct username and password or token, or let this user read;"
                            + " it is tried again");
                }
                if (answer.isGood() && makesSense.test(answer)) {
                    start.set(asked);
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
