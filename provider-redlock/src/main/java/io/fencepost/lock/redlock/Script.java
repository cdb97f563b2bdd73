package io.fencepost.lock.redlock;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The scripts that run inside a node, each atomic there. Their texts are resources beside this class; each begins with what it takes and answers. */
enum Script {
    ACQUIRE,
    HANDOFF,
    RAISE,
    RELEASE,
    EXTEND,
    INSPECT,
    FORCE,
    ADMIT,
    FENCES,
    LIFT;

    private final String text;
    private final String digest;

    Script() {
        String resource = name().toLowerCase(Locale.ROOT) + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
            }
            byte[] bytes = in.readAllBytes();
            text = new String(bytes, UTF_8);
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** Whether it may take the lock, and so is called with the marker of the node besides, the key and the text each as the last one. */
    boolean isAttempt() {
        return this == ACQUIRE || this == HANDOFF;
    }

    String text() {
        return text;
    }

    /** What EVALSHA calls it by: the SHA-1 of its text in lower-case hex. */
    String digest() {
        return digest;
    }
}
