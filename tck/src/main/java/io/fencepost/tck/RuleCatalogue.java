package io.fencepost.tck;

import java.util.List;
import java.util.Optional;

/**
 * All rules of {@code SPEC.md}, in its order. What the kit does not test yet stands here with the reason, so that no
 * report can leave it out.
 */
final class RuleCatalogue {
    private static final String FAULT_HOOK = "needs a fault hook of the fixture: later part of the kit";
    private static final String PROCESSES = "needs worker processes: later part of the kit";

    private static final List<RuleEntry> ALL = List.of(
            tested("1.1", "while a lease is valid, another try is contended"),
            tested("1.2", "many clients and threads never meet inside"),
            notYet("1.3", "many processes never meet inside", PROCESSES),
            tested("1.4", "different names never block each other"),
            tested("1.5", "the holder's own second try is contended"),
            tested("1.6", "names are compared code point by code point"),
            tested("2.1", "a later lease has a higher token"),
            tested("2.2", "no token is issued twice"),
            tested("2.3", "renewing keeps the token"),
            tested("2.4", "takeover after expiry gives a higher token"),
            tested("2.5", "tokens grow across idle time and reopened clients"),
            notYet("2.6", "tokens grow across a restart of the backend", FAULT_HOOK),
            tested("2.7", "a forced release is followed by a higher token"),
            tested("3.1", "nobody is granted before the ttl is over"),
            tested("3.2", "a silent holder's lock is granted within ttl and grace"),
            tested("3.3", "validity counts from before the request was sent"),
            notYet("3.4", "validity ends on time without the backend", FAULT_HOOK),
            notYet("3.5", "a killed holder's lock is granted within the takeover bound", PROCESSES),
            notYet("3.6", "an answer that comes too late yields no lease", FAULT_HOOK),
            tested("4.1", "a renewed lease still excludes others after its first term"),
            tested("4.2", "renewing after expiry revives nothing"),
            tested("4.3", "a stale renewal leaves the successor alone"),
            tested("4.4", "renewing after release leaves the lock free"),
            tested("4.5", "automatic renewal survives faults and ends with the lease"),
            notYet("4.6", "automatic renewal keeps 1,000 leases", "statistical, at scale: later part of the kit"),
            tested("5.1", "a released lock is granted at once"),
            tested("5.2", "a second release says that it did nothing"),
            tested("5.3", "a stale release never frees the successor"),
            tested("5.4", "any thread may renew or release"),
            notYet("6.1", "loss is announced once and on time, after a suspicion", FAULT_HOOK),
            tested("6.2", "only loss is announced as loss, and late listeners hear of it"),
            tested("6.3", "a bad listener delays no other lease"),
            tested("7.1", "a zero-wait try on a held lock answers promptly"),
            tested("7.2", "a wait in vain ends on time"),
            tested("7.3", "a waiter is granted soon after the release"),
            tested("7.4", "a wait that is given up leaves nothing behind"),
            notYet("7.5", "a waiter that lost its connection is not told that it holds", FAULT_HOOK),
            notYet(
                    "7.6",
                    "grants are fair as declared, and no waiter starves",
                    "statistical, at scale: later part of the kit"),
            tested("8.1", "bad input is refused before any I/O, with the value and the range"),
            tested("8.2", "closing releases, unblocks and ends all threads"),
            tested("8.3", "concurrent renew, release and close end released"),
            tested("8.4", "opening on a dead address fails in time and names it"),
            notYet("9.1", "without a quorum no attempt ends with a lease", FAULT_HOOK),
            notYet("9.2", "a lost answer of an attempt is found out, or said to be unknown", FAULT_HOOK),
            notYet("9.3", "a lost answer of a release is found out, or said to be unknown", FAULT_HOOK),
            notYet("9.4", "the same client works again when the backend is back", FAULT_HOOK),
            tested("10.1", "inspection shows holder, token and remaining time"),
            tested("10.2", "others can read the holder's metadata"));

    private RuleCatalogue() {}

    static List<RuleEntry> all() {
        return ALL;
    }

    private static RuleEntry tested(String id, String title) {
        return new RuleEntry(RuleId.parse(id), title, Optional.empty());
    }

    private static RuleEntry notYet(String id, String title, String reason) {
        return new RuleEntry(RuleId.parse(id), title, Optional.of(reason));
    }
}
