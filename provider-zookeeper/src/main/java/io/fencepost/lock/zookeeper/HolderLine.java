package io.fencepost.lock.zookeeper;

import io.fencepost.lock.spi.HolderText;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The {@link HolderText} of this client's locks. From one to the next nothing changes but the attempt, mostly, so all that follows it is encoded once. Thread-safe.
 */
final class HolderLine {
    private static final int ATTEMPT_LENGTH = ("attempt=" + new UUID(0, 0)).length();

    private record Rest(String holder, long ttlMillis, Map<String, String> metadata, String text) {
        boolean isOf(String otherHolder, long otherTtlMillis, Map<String, String> otherMetadata) {
            return ttlMillis == otherTtlMillis && holder.equals(otherHolder) && metadata.equals(otherMetadata);
        }
    }

    private volatile @Nullable Rest last;

    String of(UUID attemptId, String holder, long ttlMillis, Map<String, String> metadata) {
        Rest rest = last;
        if (rest == null || !rest.isOf(holder, ttlMillis, metadata)) {
            String text = new HolderText(attemptId, holder, ttlMillis, metadata).encode();
            rest = new Rest(holder, ttlMillis, metadata, text.substring(ATTEMPT_LENGTH));
            last = rest;
        }
        return "attempt=" + attemptId + rest.text();
    }
}
