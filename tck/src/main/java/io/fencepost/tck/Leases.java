package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Steps that many rules take through the public API. */
final class Leases {
    private Leases() {}

    /** One try on a lock that is free. */
    static Lease acquired(LockClient client, String name, LockOptions options) throws InterruptedException {
        return client.lock(name, options)
                .tryAcquire()
                .orElseThrow(() -> new AssertionError(
                        "'" + shown(name) + "' is free and should have been granted to " + client.holder()));
    }

    /** Waits for a lock that becomes free. */
    static Lease acquiredWithin(Duration limit, LockClient client, String name, LockOptions options)
            throws InterruptedException {
        long start = System.nanoTime();
        String demand = "'" + shown(name) + "' should have been granted to " + client.holder() + " within " + limit;
        Lease lease;
        try {
            lease = client.lock(name, options).tryAcquire(limit).orElseThrow(() -> new AssertionError(demand));
        } catch (LockUnavailableException | OutcomeUnknownException e) {
            throw new AssertionError(demand + "; the last try ended with: " + e.getMessage(), e);
        }
        assertThat(Timing.since(start))
                .as("time until '%s' was granted to %s", shown(name), client.holder())
                .isLessThanOrEqualTo(limit.plusSeconds(1));
        return lease;
    }

    /** Waits for as long as it takes, and through what a busy backend may answer: for rules that are about something else. */
    static Lease acquiredDespiteFaults(DistributedLock lock) throws InterruptedException {
        while (true) {
            try {
                return lock.acquire();
            } catch (LockUnavailableException | OutcomeUnknownException e) {
                // again
            }
        }
    }

    /** Fails unless a try finds the lock held; undoes it if not. */
    static void assertContended(LockClient client, String name, LockOptions options) throws InterruptedException {
        Optional<Lease> lease = client.lock(name, options).tryAcquire();
        lease.ifPresent(Lease::release);
        assertThat(lease)
                .as("'%s' is held and was tried by %s", shown(name), client.holder())
                .isEmpty();
    }

    /** Waits until a lease is lost. */
    static void awaitLost(Lease lease, Duration limit) {
        Awaits.until("lease of '" + shown(lease.name()) + "' is lost", limit, () -> lease.state() == LeaseState.LOST);
    }

    /** Names that differ in what a careless provider drops, all of them different locks. */
    static List<String> awkwardNames(String prefix) {
        String longest = prefix + "x".repeat(LockClient.MAX_NAME_BYTES - prefix.length() - 1);
        String longestInEmoji = prefix + "😀".repeat((LockClient.MAX_NAME_BYTES - prefix.length()) / 4);
        return List.of(
                prefix + "orders",
                prefix + "Orders",
                prefix + "ORDERS",
                prefix + "orders/",
                prefix + "/orders",
                prefix + "//orders",
                prefix + "or/ders",
                prefix + "or%2Fders",
                prefix + "or%2fders",
                prefix + "or.ders",
                prefix + "or..ders",
                prefix + "orders.",
                prefix + "or ders",
                prefix + "or  ders",
                prefix + "or+ders",
                prefix + "or%20ders",
                prefix + "orders ",
                " " + prefix + "orders",
                prefix + "orders\t",
                prefix + "orders\n",
                prefix + "orders\u0000",
                prefix + "{orders}",
                prefix + "or*ders?",
                prefix + "or'd\"ers;--",
                prefix + "or\\ders",
                prefix + "caf\u00e9",
                prefix + "cafe\u0301",
                prefix + "stra\u00dfe",
                prefix + "strasse",
                prefix + "\u0130",
                prefix + "i",
                prefix + "😀",
                prefix + "😁",
                prefix + "/..",
                prefix + "/../" + prefix,
                longest + "a",
                longest + "b",
                longestInEmoji,
                "..",
                ".",
                "/",
                "//",
                "%",
                "%2F",
                "zookeeper",
                " ");
    }

    /** A name as it is fit for a message. */
    static String shown(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "¬");
        return printable.length() <= 60
                ? printable
                : printable.substring(0, 60) + "… (" + name.getBytes(UTF_8).length + " bytes)";
    }
}
