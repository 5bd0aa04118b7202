package dev.alluvium.storage.gcs;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.auth.Retryable;
import com.google.cloud.BaseServiceException;
import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Turns what Google's client throws into what an operator can do, and whether waiting can help. */
final class Failures {
    /** What the API answers to a put whose precondition does not hold. */
    static final int PRECONDITION_FAILED = 412;

    /** What it answers to a range that begins behind the object's end. */
    static final int RANGE_NOT_SATISFIABLE = 416;

    private static final Set<String> QUOTA_REASONS = Set.of("rateLimitExceeded", "userRateLimitExceeded");
    private static final Set<String> HASH_WORDS = Set.of("crc32c", "md5", "checksum");

    private final String bucket;
    private final String place;

    /**
     * @param place the store as it describes itself
     */
    Failures(String bucket, String place) {
        this.bucket = bucket;
        this.place = place;
    }

    /** The status that the store answered, or 0 if it did not answer. */
    static int statusOf(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof BaseServiceException known && known.getCode() > 0) {
                return known.getCode();
            }
            if (cause instanceof HttpResponseException answer) {
                return answer.getStatusCode();
            }
        }
        return 0;
    }

    /** The exception for an attempt ("write a/b.parquet") that came to nothing. */
    StorageException of(String attempt, Exception e) {
        StorageException known = find(e, StorageException.class);
        if (known != null) {
            return known;
        }
        if (hasRefusedLogin(e)) {
            return permanent(
                    attempt,
                    e,
                    "the credentials were not accepted; check storage.credentials (the file, the account, the machine's"
                            + " clock) and renew what has expired");
        }
        int status = statusOf(e);
        return status == 0 ? unanswered(attempt, e) : answered(attempt, e, status);
    }

    /** As {@link #of}, for a resumable upload that has begun: its session may be lost, and a new one may do. */
    StorageException ofSession(String attempt, Exception e) {
        int status = statusOf(e);
        if (status == 404 || status == 410) {
            return passing(attempt, e, "the store forgot the upload that was under way; it begins anew");
        }
        return of(attempt, e);
    }

    private StorageException answered(String attempt, Exception e, int status) {
        if (status == 401) {
            return permanent(
                    attempt,
                    e,
                    "the store does not know who asks, or the token has expired; check storage.credentials");
        }
        if (status == 403 && !QUOTA_REASONS.contains(reasonOf(e))) {
            return permanent(
                    attempt,
                    e,
                    "no permission; give the account of storage.credentials the role roles/storage.objectUser on the"
                            + " bucket " + bucket + " (storage.bucket)");
        }
        if (status == 404) {
            return permanent(
                    attempt,
                    e,
                    "there is no such object, or no bucket " + bucket + "; create it or correct storage.bucket");
        }
        if (status == 400 && namesAHash(e)) {
            return passing(attempt, e, "the bytes that arrived are not those that were sent");
        }
        if (status == 403 || status == 408 || status == 409 || status == 429 || status >= 500) {
            return passing(attempt, e, "the store is busy or in trouble");
        }
        return permanent(attempt, e, "the store does not take the request; check the settings below storage");
    }

    private StorageException unanswered(String attempt, Exception e) {
        if (find(e, UnknownHostException.class) != null) {
            return passing(attempt, e, "the host is not known; check storage.endpoint, DNS and the network");
        }
        if (find(e, SSLHandshakeException.class) != null || find(e, SSLPeerUnverifiedException.class) != null) {
            return permanent(
                    attempt,
                    e,
                    "TLS fails; check storage.endpoint and that the Java trust store holds its certificate's issuer");
        }
        if (find(e, IOException.class) != null || reasonOf(e).equals("dataLoss")) {
            return passing(attempt, e, "the connection failed; check storage.endpoint and the network");
        }
        return permanent(attempt, e, "the client cannot send the request; check the settings below storage");
    }

    private StorageException permanent(String attempt, Exception e, String advice) {
        return new StorageException(message(attempt, e, advice), e, false);
    }

    private StorageException passing(String attempt, Exception e, String advice) {
        return new StorageException(message(attempt, e, advice) + "; it can be tried again", e, true);
    }

    private String message(String attempt, Exception e, String advice) {
        return "cannot " + attempt + " in " + place + ": " + advice + " (" + oneLine(e) + ")";
    }

    /** What the store said, in one line. Later lines of the client's messages hold the addresses of upload sessions. */
    private static String oneLine(Exception e) {
        GoogleJsonResponseException answer = find(e, GoogleJsonResponseException.class);
        GoogleJsonError details = answer == null ? null : answer.getDetails();
        String text = details != null ? details.getCode() + " " + details.getMessage() : e.getMessage();
        int status = statusOf(e);
        String line = text == null ? e.toString() : text.lines().findFirst().orElse(e.toString());
        return status == 0 || line.contains(Integer.toString(status)) ? line : status + " " + line;
    }

    private static String reasonOf(Exception e) {
        BaseServiceException known = find(e, BaseServiceException.class);
        String reason = known == null ? null : known.getReason();
        return reason == null ? "" : reason;
    }

    private static boolean namesAHash(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (HASH_WORDS.stream().anyMatch(text::contains)) {
                return true;
            }
        }
        return false;
    }

    /** Whether no token could be had, and waiting does not help. */
    private static boolean hasRefusedLogin(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Retryable login) {
                return !login.isRetryable();
            }
        }
        return false;
    }

    private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
