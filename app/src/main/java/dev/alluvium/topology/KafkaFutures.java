package dev.alluvium.topology;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Waits for answers of the admin client, whose own timeouts bound the wait. */
final class KafkaFutures {
    private KafkaFutures() {}

    static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw unwrap(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static KafkaException unwrap(ExecutionException e) {
        return e.getCause() instanceof KafkaException kafka
                ? kafka
                : new KafkaException(String.valueOf(e.getCause()), e.getCause());
    }

    static InterruptException interrupted(InterruptedException e) {
        return new InterruptException(e); // sets the thread's interrupt flag
    }
}
