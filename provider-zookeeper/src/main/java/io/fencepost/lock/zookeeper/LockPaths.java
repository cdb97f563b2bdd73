package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;

/** Where the znodes of locks and grants are. Different names have different paths, and no name's path meets one of ours. */
final class LockPaths {
    /** Begins with a dot, which no encoded name does. */
    private static final String GRANTS = ".grants";

    private static final String QUEUES = ".queues";

    private final String base;

    LockPaths(String base) {
        this.base = base;
    }

    String base() {
        return base;
    }

    /** The parent of all grants. */
    String grants() {
        return base + "/" + GRANTS;
    }

    /** The parent of all queues, which only the fair mode has. */
    String queues() {
        return base + "/" + QUEUES;
    }

    /** The parent of the entries of those that wait for the lock. */
    String queue(String name) {
        return queues() + "/" + segment(name);
    }

    /** The znode that only one attempt can make: whoever does holds the lock. */
    String lock(String name) {
        return base + "/" + segment(name);
    }

    /** The znode that stands for one grant at a time. */
    String grant(GrantName name) {
        return grants() + "/" + name.znode();
    }

    /**
     * One path segment: letters, digits and {@code - _ . ~ : @ + = ,} stand for themselves, every other byte of the UTF-8 form, and a dot at the
     * beginning, is percent-encoded. Reversible, so different names stay different.
     */
    static String segment(String name) {
        StringBuilder text = new StringBuilder(name.length() + 16);
        for (byte b : name.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-_~:@+=,".indexOf(c) >= 0
                    || (c == '.' && !text.isEmpty());
            if (plain) {
                text.append(c);
            } else {
                text.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return text.toString();
    }
}
