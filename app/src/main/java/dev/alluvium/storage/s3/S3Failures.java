package dev.alluvium.storage.s3;

import dev.alluvium.storage.StorageException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Turns what the SDK throws into what an operator can do, and whether waiting can help. */
final class S3Failures {
    /** The bytes or the checksum changed on the way, or the connection was too slow: another try sends them again. */
    private static final Set<String> DAMAGED_ON_THE_WAY = Set.of(
            "BadDigest",
            "InvalidDigest",
            "XAmzContentSHA256Mismatch",
            "XAmzContentChecksumMismatch",
            "IncompleteBody",
            "InvalidPart",
            "NoSuchUpload",
            "RequestTimeout");

    /** Also with status 200, where the store finds out after it has begun to answer. */
    private static final Set<String> OVERLOADED =
            Set.of("InternalError", "SlowDown", "ServiceUnavailable", "OperationAborted", "ThrottlingException");

    private static final Set<String> WRONG_KEYS =
            Set.of("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId");
    private static final Set<String> ENDED_SESSION =
            Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired");
    private static final Set<String> WRONG_REGION =
            Set.of("PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed");

    private final String place;

    /** @param place the store as it describes itself */
    S3Failures(String place) {
        this.place = place;
    }

    /** The exception for an attempt ("write a/b.parquet") that failed; restores the interrupt of its thread. */
    StorageException of(String attempt, Throwable e) {
        if (e instanceof StorageException known) {
            return known;
        }
        String what = "cannot " + attempt + " in " + place + ": ";
        if (e instanceof AwsServiceException answer) {
            return ofAnswer(what, answer);
        }
        if (e instanceof SdkException || e instanceof IOException) {
            return ofClient(what, (Exception) e);
        }
        return new StorageException(what + e + "; this is a defect, please report it", e, false);
    }

    /** The exception for an upload, or the pause before it is repeated, that was interrupted. */
    StorageException interrupted(String attempt, Exception e) {
        Thread.currentThread().interrupt();
        return new StorageException("cannot " + attempt + " in " + place + ": interrupted", e, true);
    }

    /** The exception for an answer that no store of S3's language gives. */
    StorageException ofBroken(String attempt, String complaint) {
        return new StorageException(
                "cannot " + attempt + " in " + place + ": " + complaint + "; use another store", false);
    }

    static boolean hasStatus(AwsServiceException e, int status) {
        return e.statusCode() == status;
    }

    static String codeOf(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    private static StorageException ofAnswer(String what, AwsServiceException e) {
        String code = codeOf(e);
        String said = said(e, code);
        if (!(e instanceof S3Exception)) {
            return ofRole(what, said, e);
        }
        if (code.equals("NoSuchBucket")) {
            return permanent(what + "the bucket does not exist; create it or correct storage.bucket", e);
        }
        if (WRONG_KEYS.contains(code)) {
            return permanent(what + said + "; correct storage.credentials (accessKey, secretKey, sessionToken)", e);
        }
        if (ENDED_SESSION.contains(code)) {
            return permanent(
                    what + said + "; the session has ended: put a new sessionToken and its keys into"
                            + " storage.credentials and restart, or use a role, which renews itself",
                    e);
        }
        if (WRONG_REGION.contains(code) || hasStatus(e, 301) || hasStatus(e, 307)) {
            String region =
                    regionOf(e).map(name -> "the bucket lies in " + name).orElse(said);
            return permanent(what + region + "; correct storage.region (and storage.endpoint, if it is set)", e);
        }
        if (code.startsWith("KMS.") || code.startsWith("Kms")) {
            return permanent(
                    what + said + "; correct storage.encryption.key, and allow kms:GenerateDataKey and kms:Decrypt", e);
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return permanent(what + said + "; set the clock of this machine", e);
        }
        if (code.equals("AccessDenied") || hasStatus(e, 403) || hasStatus(e, 401)) {
            return permanent(
                    what + said + "; allow these credentials s3:GetObject, s3:PutObject, s3:DeleteObject and"
                            + " s3:AbortMultipartUpload on its objects and s3:ListBucket on the bucket, or correct"
                            + " storage.bucket or storage.credentials",
                    e);
        }
        return byStatus(what, code, said, e);
    }

    private static StorageException byStatus(String what, String code, String said, AwsServiceException e) {
        if (hasStatus(e, 501)) {
            return permanent(
                    what + said
                            + "; the store lacks what exactly-once needs (If-None-Match on puts, CRC32C), use another",
                    e);
        }
        if (hasStatus(e, 404)) {
            return permanent(what + said + "; there is no such object", e);
        }
        boolean isTransient = e.statusCode() >= 500
                || hasStatus(e, 408)
                || hasStatus(e, 409)
                || hasStatus(e, 429)
                || e.isThrottlingException()
                || OVERLOADED.contains(code)
                || DAMAGED_ON_THE_WAY.contains(code);
        return isTransient
                ? new StorageException(what + said + "; it is tried again", e, true)
                : permanent(what + said + "; check storage.endpoint, storage.pathStyle and storage.bucket", e);
    }

    private static StorageException ofRole(String what, String said, AwsServiceException e) {
        if (e.statusCode() >= 500 || e.isThrottlingException()) {
            return new StorageException(what + "no credentials: " + said + "; it is tried again", e, true);
        }
        return permanent(
                what + "the role cannot be assumed: " + said
                        + "; correct storage.credentials.role, or let these credentials assume it (sts:AssumeRole)",
                e);
    }

    private static StorageException ofClient(String what, Exception e) {
        if (isInterrupt(e)) {
            Thread.currentThread().interrupt();
            return new StorageException(what + "interrupted", e, true);
        }
        if (e instanceof ApiCallAttemptTimeoutException || e instanceof ApiCallTimeoutException) {
            return new StorageException(what + "no answer within storage.timeouts.request; it is tried again", e, true);
        }
        Throwable root = rootOf(e);
        if (root instanceof SSLHandshakeException || root instanceof SSLPeerUnverifiedException) {
            return permanent(
                    what + root.getMessage() + "; correct storage.endpoint, or trust its certificate"
                            + " (-Djavax.net.ssl.trustStore)",
                    e);
        }
        if (root instanceof UnknownHostException) {
            return new StorageException(
                    what + "unknown host " + root.getMessage()
                            + "; if it stays so, correct storage.endpoint, storage.region or storage.pathStyle",
                    e,
                    true);
        }
        if (String.valueOf(e.getMessage()).contains("Unable to load credentials")) {
            return permanent(
                    what + "no credentials; set storage.credentials, or give this process some by environment,"
                            + " profile or role",
                    e);
        }
        return new StorageException(
                what + reasonOf(root) + "; is storage.endpoint right and reachable? It is tried again", e, true);
    }

    private static boolean isInterrupt(@Nullable Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AbortedException || cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        for (Throwable cause = e.getCause(); cause != null && cause != root; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    private static String reasonOf(Throwable root) {
        return root.getClass().getSimpleName() + (root.getMessage() == null ? "" : ": " + root.getMessage());
    }

    /** What the store said, without the SDK's tail of ids; those go to the log with the cause. */
    private static String said(AwsServiceException e, String code) {
        AwsErrorDetails details = e.awsErrorDetails();
        String message = details == null || details.errorMessage() == null ? "" : details.errorMessage();
        String status = "status " + e.statusCode();
        if (code.isEmpty()) {
            return status;
        }
        return message.isEmpty() || message.equals(code) ? code + " (" + status + ")" : code + ": " + message;
    }

    private static Optional<String> regionOf(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        SdkHttpResponse response = details == null ? null : details.sdkHttpResponse();
        return response == null ? Optional.empty() : response.firstMatchingHeader("x-amz-bucket-region");
    }

    private static StorageException permanent(String message, Exception e) {
        return new StorageException(message, e, false);
    }
}
