package dev.alluvium.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What to do once the open transaction of a stream thread has committed. An action belongs to the transaction that was
 * open when it was given; if that one is aborted, the action is forgotten with it.
 */
final class Transactions {
    private final Map<Thread, Open> open = new ConcurrentHashMap<>();

    /** The open transaction of one producer. */
    static final class Open {
        private final List<Runnable> actions = new ArrayList<>();
    }

    /** The calling stream thread began a transaction. */
    Open begin() {
        Open transaction = new Open();
        open.put(Thread.currentThread(), transaction);
        return transaction;
    }

    /** Runs the action on this thread after the transaction that it has open now has committed. */
    void afterCommit(Runnable action) {
        Open transaction = open.get(Thread.currentThread());
        if (transaction == null) {
            throw new IllegalStateException("this thread has no transaction open");
        }
        transaction.actions.add(action);
    }

    /** The transaction has committed. */
    void committed(Open transaction) {
        open.remove(Thread.currentThread(), transaction);
        transaction.actions.forEach(Runnable::run);
    }

    /** The transaction is gone. */
    void aborted(Open transaction) {
        open.values().remove(transaction);
    }
}
