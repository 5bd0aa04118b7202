package dev.alluvium.storage.gcs;

import com.google.api.gax.retrying.ResultRetryAlgorithm;
import com.google.api.gax.retrying.TimedAttemptSettings;
import com.google.cloud.storage.StorageRetryStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Leaves all repeats to the caller. A limit on attempts is not enough: the client opens a download that broke off again and
 * again, without a pause, for as long as its strategy calls the error transient.
 */
final class NeverAgain implements StorageRetryStrategy, ResultRetryAlgorithm<Object> {
    private static final long serialVersionUID = 1;

    @Override
    public ResultRetryAlgorithm<?> getIdempotentHandler() {
        return this;
    }

    @Override
    public ResultRetryAlgorithm<?> getNonidempotentHandler() {
        return this;
    }

    @Override
    public boolean shouldRetry(@Nullable Throwable error, @Nullable Object answer) {
        return false;
    }

    @Override
    public TimedAttemptSettings createNextAttempt(
            @Nullable Throwable error, @Nullable Object answer, TimedAttemptSettings settings) {
        return settings; // there is no next attempt
    }
}
