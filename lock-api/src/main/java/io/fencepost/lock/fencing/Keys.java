package io.fencepost.lock.fencing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;

/** What may be the key and the value of a fenced value. */
final class Keys {
    private static final String ALLOWED = "; allowed are 1 to " + FencedResource.MAX_KEY_BYTES + " bytes in UTF-8";

    private Keys() {}

    /** @throws IllegalArgumentException if the key is empty, too long, or has no UTF-8 form */
    static void check(String key) {
        int bytes;
        try {
            bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(key)).remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "the key of a fenced value has no UTF-8 form (half a surrogate pair): '" + shown(key) + "'"
                            + ALLOWED,
                    e);
        }
        if (bytes == 0 || bytes > FencedResource.MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the key of a fenced value has " + bytes + " bytes: '" + shown(key) + "'" + ALLOWED);
        }
    }

    /** @throws IllegalArgumentException if the value is too large */
    static void check(String key, byte[] value) {
        if (value.length > FencedResource.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("the value of '" + shown(key) + "' has " + value.length
                    + " bytes; allowed are 0 to " + FencedResource.MAX_VALUE_BYTES);
        }
    }

    static String shown(String key) {
        return key.length() <= 64 ? key : key.substring(0, 64) + "…";
    }
}
