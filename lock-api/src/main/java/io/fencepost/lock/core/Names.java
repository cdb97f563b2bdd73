package io.fencepost.lock.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.LockClient;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** What may be the name of a lock. */
final class Names {
    private static final String ALLOWED = "; allowed are 1 to " + LockClient.MAX_NAME_BYTES + " bytes in UTF-8";

    private Names() {}

    /** @throws IllegalArgumentException if the name is null, empty, too long, or has no UTF-8 form */
    static String checked(@Nullable String name) {
        if (name == null) {
            throw new IllegalArgumentException("the name of a lock is null" + ALLOWED);
        }
        int bytes;
        try {
            bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "the name of a lock has no UTF-8 form (half a surrogate pair): '" + shown(name) + "'" + ALLOWED, e);
        }
        if (bytes == 0 || bytes > LockClient.MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a lock has " + bytes + " bytes: '" + shown(name) + "'" + ALLOWED);
        }
        return name;
    }

    private static String shown(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64) + "…";
    }
}
