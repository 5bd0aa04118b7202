package dev.alluvium.topology;

import dev.alluvium.storage.FlakyObjectStore;
import dev.alluvium.storage.ObjectStore;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** An outage of the store that archives live through: files are decided, and none is finished. */
final class Outage {
    private final ArchiveFixture fixture;
    private final Set<String> decided = new ConcurrentSkipListSet<>();

    /** Begins the outage, for all archives that the fixture opens. */
    Outage(ArchiveFixture fixture) {
        this.fixture = fixture;
        fixture.storeWrapper = Outage::failing;
        fixture.stages = (stage, key) -> {
            if (stage == Stage.CUT_COMMITTED) {
                decided.add(key);
            }
        };
    }

    private static ObjectStore failing(ObjectStore store) {
        FlakyObjectStore failing = new FlakyObjectStore(store, 1);
        failing.beginOutage();
        return failing;
    }

    /** Runs until the ledger holds so many cuts that were made here, and stops without draining. */
    Set<String> decideFiles(int files) throws InterruptedException {
        fixture.runUntil("decided " + files, () -> decided.size() >= files);
        return decided;
    }

    /** Archives that are opened from now on find the store well. */
    void end() {
        fixture.storeWrapper = store -> store;
    }
}
