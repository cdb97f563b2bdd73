package io.fencepost.jmh.experiment;

import java.io.PrintStream;
import java.util.SplittableRandom;

/**
 * Tokens from a counter that is split into shards, as one does to spread the load of a hot row: each grant counts in one shard, chosen at random, and the number of
 * the shard makes the token unique. It cannot order one lock, whatever it runs on: two grants that follow each other may count in shards that have come to different
 * values. Repairing that takes a look at all shards, which is more load than the one row had. Hence each lock has one fence, in its own row.
 */
public final class ShardedCounters {
    private static final int GRANTS = 100_000;
    private static final long SEED = 1;

    private final long[] counts;
    private final SplittableRandom random;

    ShardedCounters(int shards, long seed) {
        if (shards < 1) {
            throw new IllegalArgumentException("shards = " + shards + ", must be at least 1");
        }
        this.counts = new long[shards];
        this.random = new SplittableRandom(seed);
    }

    long nextToken() {
        int shard = random.nextInt(counts.length);
        counts[shard]++;
        return counts[shard] * counts.length + shard;
    }

    /** How many of that many grants, one after the other, get a token that is not greater than all before. */
    static int violations(int shards, int grants, long seed) {
        ShardedCounters counters = new ShardedCounters(shards, seed);
        long greatest = 0;
        int violations = 0;
        for (int i = 0; i < grants; i++) {
            long token = counters.nextToken();
            if (token <= greatest) {
                violations++;
            }
            greatest = Math.max(greatest, token);
        }
        return violations;
    }

    /** Prints the count of violations by shards, as CSV. */
    public static void main(String[] args) {
        PrintStream out = System.out;
        out.println("shards,grants,token_violations");
        for (int shards : new int[] {1, 2, 4, 8, 16}) {
            out.println(shards + "," + GRANTS + "," + violations(shards, GRANTS, SEED));
        }
    }
}
