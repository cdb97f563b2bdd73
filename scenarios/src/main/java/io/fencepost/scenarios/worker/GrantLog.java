package io.fencepost.scenarios.worker;

import io.fencepost.scenarios.check.GrantRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the grants that workers report while one scenario runs. Thread-safe. */
public final class GrantLog implements EventSink {
    private final Map<Key, GrantRecord> byKey = new HashMap<>();
    private final List<GrantRecord> others = new ArrayList<>();
    private String scenario = "";

    private record Key(String process, long grant) {}

    /** Forgets everything: grants reported from now on belong to {@code name}. */
    public synchronized void begin(String name) {
        scenario = name;
        byKey.clear();
        others.clear();
    }

    /** Every grant since {@link #begin}, as far as it is known by now. */
    public synchronized List<GrantRecord> grants() {
        List<GrantRecord> all = new ArrayList<>(byKey.values());
        all.addAll(others);
        return all;
    }

    /** Adds a grant that came from no worker. */
    public synchronized void add(GrantRecord grant) {
        others.add(grant);
    }

    @Override
    public boolean take(WorkerProcess worker, Event event) {
        if (event instanceof Event.Granted granted) {
            granted(worker.name(), granted);
        } else if (event instanceof Event.Extended extended) {
            extended(worker.name(), extended);
        } else if (event instanceof Event.Released released) {
            released(worker.name(), released);
        } else {
            return false;
        }
        return true;
    }

    synchronized void granted(String process, Event.Granted event) {
        byKey.put(
                new Key(process, event.grant()),
                new GrantRecord(
                        scenario,
                        event.lock(),
                        process,
                        event.thread(),
                        event.token(),
                        event.calledNanos(),
                        event.attemptNanos(),
                        event.grantedNanos(),
                        GrantRecord.NEVER,
                        event.validUntilNanos()));
    }

    synchronized void extended(String process, Event.Extended event) {
        byKey.computeIfPresent(
                new Key(process, event.grant()), (key, grant) -> grant.extended(event.validUntilNanos()));
    }

    synchronized void released(String process, Event.Released event) {
        byKey.computeIfPresent(
                new Key(process, event.grant()),
                (key, grant) -> grant.released(event.releasedNanos(), event.validUntilNanos()));
    }
}
