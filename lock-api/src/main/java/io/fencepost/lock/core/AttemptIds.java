package io.fencepost.lock.core;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of attempts: never used before, and never again. 62 bits are drawn for each client by a secure generator, the other 60 count from a place that is drawn as well. Two clients would
 * have to draw the same 62 bits and begin to count near one another. An id is no secret, so nothing is lost by its being the next after another; drawing each anew cost more than
 * the rest of an acquisition that no server takes part in.
 *
 * <p>Version 8 of RFC 9562: bits by a scheme of one's own. Thread-safe.
 */
final class AttemptIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long VERSION_8 = 0x8000L;
    private static final int BELOW_VERSION = 12;
    private static final int VERSION_AND_BELOW = 16;
    private static final long VARIANT_RFC = 1L << 63;
    private static final int VARIANT_LENGTH = 2;

    private final long ofClient = VARIANT_RFC | RANDOM.nextLong() >>> VARIANT_LENGTH;
    private final AtomicLong count = new AtomicLong(RANDOM.nextLong());

    UUID next() {
        long counted = count.getAndIncrement();
        long below = counted & (1L << BELOW_VERSION) - 1;
        return new UUID(counted >>> BELOW_VERSION << VERSION_AND_BELOW | VERSION_8 | below, ofClient);
    }
}
