package io.fencepost.lock.cassandra;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * What a lease writes into its row.
 *
 * @param attempt the owner
 * @param token the owner's fencing token; for an acquisition also the row's new fence
 */
record Claim(String name, UUID attempt, long token, Duration ttl, String holder, Map<String, String> metadata) {}
