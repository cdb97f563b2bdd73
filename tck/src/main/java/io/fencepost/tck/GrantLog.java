package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The grants of one lock, as clients of this process saw them. Thread-safe. */
final class GrantLog {
    private record Entry(FencingToken token, long invokedAt, long grantedAt) {}

    private final List<Entry> entries = new ArrayList<>();

    /**
     * @param invokedAt before the call that asked for the lock
     * @param grantedAt after it
     */
    synchronized void add(FencingToken token, long invokedAt, long grantedAt) {
        entries.add(new Entry(token, invokedAt, grantedAt));
    }

    synchronized int size() {
        return entries.size();
    }

    /** Rules 2.1 and 2.2: no token twice; whoever asked after another was granted has the greater token. */
    synchronized void assertUniqueAndInOrder() {
        Set<FencingToken> seen = new HashSet<>();
        for (Entry entry : entries) {
            assertThat(seen.add(entry.token()))
                    .as("token %s was issued once only", entry.token())
                    .isTrue();
        }
        List<Entry> byGrant = entries.stream()
                .sorted(Comparator.comparingLong(Entry::grantedAt))
                .toList();
        for (Entry later : entries) {
            Optional<Entry> violated = byGrant.stream()
                    .takeWhile(earlier -> earlier.grantedAt() - later.invokedAt() < 0)
                    .filter(earlier -> earlier.token().compareTo(later.token()) >= 0)
                    .findFirst();
            assertThat(violated)
                    .as("grants that returned before token %s was asked for, and have no smaller token", later.token())
                    .isEmpty();
        }
    }
}
