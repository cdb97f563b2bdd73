package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import io.fencepost.lock.spi.BackendConfig;

/**
 * Among which replicas a lightweight transaction agrees, and on how many its result must have arrived. The two levels go together: with a consensus in one
 * datacenter and a commit over all, or the reverse, a read at the commit level need not see what the consensus decided, and clients that differ exclude nobody.
 */
enum Consistency {
    SERIAL(DefaultConsistencyLevel.SERIAL, DefaultConsistencyLevel.QUORUM),
    LOCAL_SERIAL(DefaultConsistencyLevel.LOCAL_SERIAL, DefaultConsistencyLevel.LOCAL_QUORUM);

    private enum Commit {
        QUORUM,
        LOCAL_QUORUM
    }

    private final DefaultConsistencyLevel serial;
    private final DefaultConsistencyLevel commit;

    Consistency(DefaultConsistencyLevel serial, DefaultConsistencyLevel commit) {
        this.serial = serial;
        this.commit = commit;
    }

    /** Reads {@code serialConsistency} and {@code consistency}; either may be left out. */
    static Consistency read(BackendConfig config) {
        Consistency implied =
                config.choice("consistency", Commit.QUORUM) == Commit.LOCAL_QUORUM ? LOCAL_SERIAL : SERIAL;
        Consistency chosen = config.choice("serialConsistency", implied);
        if (chosen != implied && config.string("consistency").isPresent()) {
            throw config.refused(
                    "consistency",
                    config.string("consistency", ""),
                    chosen == SERIAL
                            ? "quorum with serialConsistency=serial"
                            : "local-quorum with serialConsistency=local-serial");
        }
        return chosen;
    }

    DefaultConsistencyLevel serial() {
        return serial;
    }

    DefaultConsistencyLevel commit() {
        return commit;
    }
}
