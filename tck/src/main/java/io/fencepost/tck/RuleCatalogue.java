package io.fencepost.tck;

import java.util.List;

/** All rules of {@code SPEC.md}, in its order, so that no report can leave one out. */
final class RuleCatalogue {
    private static final List<RuleEntry> ALL = List.of(
            rule("1.1", "while a lease is valid, another try is contended"),
            rule("1.2", "many clients and threads never meet inside"),
            rule("1.3", "many processes never meet inside"),
            rule("1.4", "different names never block each other"),
            rule("1.5", "the holder's own second try is contended"),
            rule("1.6", "names are compared code point by code point"),
            rule("1.7", "a failing server lets nobody in"),
            rule("2.1", "a later lease has a higher token"),
            rule("2.2", "no token is issued twice"),
            rule("2.3", "renewing keeps the token"),
            rule("2.4", "takeover after expiry gives a higher token"),
            rule("2.5", "tokens grow across idle time and reopened clients"),
            rule("2.6", "tokens grow across a restart of the backend"),
            rule("2.7", "a forced release is followed by a higher token"),
            rule("3.1", "nobody is granted before the ttl is over"),
            rule("3.2", "a silent holder's lock is granted within ttl and grace"),
            rule("3.3", "validity counts from before the request was sent"),
            rule("3.4", "validity ends on time without the backend"),
            rule("3.5", "a killed holder's lock is granted within the takeover bound"),
            rule("3.6", "an answer that comes too late yields no lease"),
            rule("3.7", "a clock that is not trusted ends no lease"),
            rule("3.8", "a holder that was paused finds its lease lost"),
            rule("3.9", "the shortest and the longest declared ttl hold"),
            rule("4.1", "a renewed lease still excludes others after its first term"),
            rule("4.2", "renewing after expiry revives nothing"),
            rule("4.3", "a stale renewal leaves the successor alone"),
            rule("4.4", "renewing after release leaves the lock free"),
            rule("4.5", "automatic renewal survives faults and ends with the lease"),
            rule("4.6", "automatic renewal keeps 1,000 leases"),
            rule("5.1", "a released lock is granted at once"),
            rule("5.2", "a second release says that it did nothing"),
            rule("5.3", "a stale release never frees the successor"),
            rule("5.4", "any thread may renew or release"),
            rule("5.5", "a handoff ends one lease and begins another"),
            rule("6.1", "loss is announced once and on time, after a suspicion"),
            rule("6.2", "only loss is announced as loss, and late listeners hear of it"),
            rule("6.3", "a bad listener delays no other lease"),
            rule("7.1", "a zero-wait try on a held lock answers promptly"),
            rule("7.2", "a wait in vain ends on time"),
            rule("7.3", "a waiter is granted soon after the release"),
            rule("7.4", "a wait that is given up leaves nothing behind"),
            rule("7.5", "a waiter that lost its connection is not told that it holds"),
            rule("7.6", "grants are fair as declared, and no waiter starves"),
            rule("7.7", "a release wakes who subscribed, where declared"),
            rule("7.8", "a client that never pauses starves nobody"),
            rule("8.1", "bad input is refused before any I/O, with the value and the range"),
            rule("8.2", "closing releases, unblocks and ends all threads"),
            rule("8.3", "concurrent renew, release and close end released"),
            rule("8.4", "opening on a dead address fails in time and names it"),
            rule("8.5", "promises are complete and the same for all clients"),
            rule("9.1", "without a quorum no attempt ends with a lease"),
            rule("9.2", "a lost answer of an attempt is found out, or said to be unknown"),
            rule("9.3", "a lost answer of a release is found out, or said to be unknown"),
            rule("9.4", "the same client works again when the backend is back"),
            rule("9.5", "a failed attempt does not hold the lock later"),
            rule("9.6", "a lost answer of a handoff is found out, or said to be unknown"),
            rule("9.7", "a release says released only of what it ended"),
            rule("10.1", "inspection shows holder, token and remaining time"),
            rule("10.2", "others can read the holder's metadata"),
            rule("11.1", "an older token is refused, and the value is kept"),
            rule("11.2", "an equal and a newer token are accepted"),
            rule("11.3", "a holder that was paused beyond its lease is refused"),
            rule("11.4", "accepted tokens never decrease under a race"));

    private RuleCatalogue() {}

    static List<RuleEntry> all() {
        return ALL;
    }

    private static RuleEntry rule(String id, String title) {
        return new RuleEntry(RuleId.parse(id), title);
    }
}
