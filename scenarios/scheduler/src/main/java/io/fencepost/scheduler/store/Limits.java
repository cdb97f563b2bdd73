package io.fencepost.scheduler.store;

import java.time.Duration;

/** What callers of a {@link JobStore} may ask for, the same for all stores. Each throws {@link IllegalArgumentException} that names the value and the range. */
public final class Limits {
    private static final int MOST_OF_A_PAGE = 1000;
    private static final int MOST_AT_ONCE = 1_000_000;
    private static final int MOST_WEIGHT = 1000;
    private static final Duration LONGEST_VALID = Duration.ofDays(365);

    private Limits() {}

    /** Of {@link JobStore#list}. */
    public static void page(int limit) {
        check("a page has", limit, MOST_OF_A_PAGE, "jobs");
    }

    /** Of {@link JobStore#due}. */
    public static void perTenant(int limit) {
        check("of each tenant are asked for", limit, MOST_AT_ONCE, "jobs");
    }

    /** Of {@link JobStore#recent}. */
    public static void events(int limit) {
        check("at once are asked for", limit, MOST_AT_ONCE, "events");
    }

    /** Of {@link JobStore#assigned}. */
    public static void assigned(int limit) {
        check("of a worker are asked for", limit, MOST_AT_ONCE, "jobs");
    }

    /** Of {@link JobStore#weigh}. */
    public static void weight(int weight) {
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new IllegalArgumentException("a weight is 1 to " + MOST_WEIGHT + ", not " + weight);
        }
    }

    /** Of {@link JobStore#report}. */
    public static void validFor(Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST_VALID) > 0) {
            throw new IllegalArgumentException(
                    "a report is valid for " + Duration.ZERO + " to " + LONGEST_VALID + ", not " + time);
        }
    }

    private static void check(String where, int limit, int most, String what) {
        if (limit < 1 || limit > most) {
            throw new IllegalArgumentException(where + " 1 to " + most + " " + what + ", not " + limit);
        }
    }
}
