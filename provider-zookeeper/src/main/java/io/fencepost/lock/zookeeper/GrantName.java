package io.fencepost.lock.zookeeper;

import java.util.UUID;

/**
 * What one grant, and no other one ever, goes by: a znode below {@code .grants}, in the session of its holder, and the version that it has for as long as this grant stands.
 *
 * @param znode the last segment of the path
 * @param version one more for each grant that the znode has stood for
 */
record GrantName(UUID znode, int version) {
    private static final String KEY = "&grant=";
    private static final String TOKEN = "&token=";

    /** The end of a lock's data, in which no field of the holder's text looks like this: those of the metadata begin with {@code m.}. */
    String text() {
        return KEY + znode + "." + version;
    }

    /** As {@link #text()}, with the token, which the lock's znode itself shows only until it is renewed. */
    String text(long token) {
        return text() + TOKEN + token;
    }

    GrantName next() {
        return new GrantName(znode, version + 1);
    }

    /**
     * The parts of a lock's data.
     *
     * @param holder the text before the grant
     * @param grant which grant holds the lock
     * @param token 0 if the data does not say
     */
    record Parts(String holder, GrantName grant, long token) {
        /** @throws IllegalArgumentException if it is not the data of a lock */
        static Parts of(String data) {
            int key = data.lastIndexOf(KEY);
            int dot = data.indexOf('.', key + KEY.length());
            int end = data.indexOf(TOKEN, key + KEY.length());
            if (key < 0 || dot < 0) {
                throw new IllegalArgumentException("not the data of a lock: '" + data + "'");
            }
            UUID znode = UUID.fromString(data.substring(key + KEY.length(), dot));
            int version = Integer.parseInt(data.substring(dot + 1, end < 0 ? data.length() : end));
            long token = end < 0 ? 0 : Long.parseLong(data.substring(end + TOKEN.length()));
            return new Parts(data.substring(0, key), new GrantName(znode, version), token);
        }
    }
}
