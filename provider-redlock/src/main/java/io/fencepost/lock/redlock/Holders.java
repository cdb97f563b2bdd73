package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.HolderText;
import java.util.Map;
import java.util.Optional;

/** Reads lock values, also those that somebody set by hand. */
final class Holders {
    private Holders() {}

    /** The id of the client that a lock's value names; the value itself if it is not one of ours. */
    static String name(String value) {
        return decoded(value).map(HolderText::holder).orElse(value);
    }

    /** What the client said of itself. */
    static Map<String, String> metadata(String value) {
        return decoded(value).map(HolderText::metadata).orElse(Map.of());
    }

    private static Optional<HolderText> decoded(String value) {
        try {
            return Optional.of(HolderText.decode(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
