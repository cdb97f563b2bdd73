package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;

/**
 * The options of one client, checked.
 *
 * @param fair whether grants follow the order of arrival
 * @param credentials {@code user:password} of the digest scheme
 * @param holder the id of the client
 */
record Settings(
        List<BackendConfig.Address> addresses,
        String base,
        boolean createBase,
        boolean fair,
        Duration sessionTimeout,
        Duration connectTimeout,
        Duration operationTimeout,
        Optional<String> credentials,
        Access access,
        String holder,
        TimeSource timeSource) {
    private static final int DEFAULT_PORT = 2181;

    /** Who may see and touch the znodes of this client. */
    enum Access {
        OPEN,
        CREATOR
    }

    static Settings of(BackendConfig config) {
        List<BackendConfig.Address> addresses = config.addresses(DEFAULT_PORT);
        String base = base(config);
        boolean createBase = config.flag("createBase", true);
        boolean fair = config.flag("fair", false);
        Duration session = config.duration(
                "sessionTimeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10));
        Duration connect =
                config.duration("connectTimeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(5));
        Duration operation = config.duration(
                "operationTimeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1));
        Optional<String> credentials = credentials(config);
        Access access = config.choice("acl", credentials.isPresent() ? Access.CREATOR : Access.OPEN);
        if (access == Access.CREATOR && credentials.isEmpty()) {
            throw config.refused("acl", "creator", "open unless a user and a password are given");
        }
        config.rejectUnknownOptions();
        return new Settings(
                addresses,
                base,
                createBase,
                fair,
                session,
                connect,
                operation,
                credentials,
                access,
                config.holder(),
                config.timeSource());
    }

    private static String base(BackendConfig config) {
        String path = config.path().replaceFirst("/$", "");
        if (path.isEmpty()) {
            return ZooKeeperLockProvider.DEFAULT_BASE;
        }
        String base = "/" + path;
        try {
            PathUtils.validatePath(base);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    config.scheme() + ": the path '" + base + "' of the URI is not a znode path; allowed is"
                            + " /segment/segment without empty segments, '.', '..' and control characters",
                    e);
        }
        if (base.equals("/zookeeper") || base.startsWith("/zookeeper/")) {
            throw new IllegalArgumentException(config.scheme() + ": the path '" + base
                    + "' of the URI is reserved by ZooKeeper; take another one");
        }
        return base;
    }

    private static Optional<String> credentials(BackendConfig config) {
        Optional<String> user = config.user();
        Optional<String> password = config.string("password");
        if (password.isPresent() && config.password().isPresent()) {
            throw config.refused("password", "", "to stand in the URI or among the options, not in both");
        }
        Optional<String> secret = password.or(config::password);
        if (user.isPresent() != secret.isPresent()) {
            throw new IllegalArgumentException(config.scheme()
                    + ": a user and a password go together, as in zookeeper://user:password@host:2181/base,"
                    + " or zookeeper://user@host:2181/base with the option 'password'");
        }
        if (user.isPresent() && user.get().indexOf(':') >= 0) {
            throw new IllegalArgumentException(config.scheme() + ": the user '" + user.get()
                    + "' contains a colon, which the digest scheme forbids");
        }
        return user.map(name -> name + ":" + secret.orElseThrow());
    }

    String connectString() {
        return addresses.stream().map(BackendConfig.Address::toString).collect(Collectors.joining(","));
    }

    List<ACL> acl() {
        return switch (access) {
            case OPEN -> ZooDefs.Ids.OPEN_ACL_UNSAFE;
            case CREATOR -> ZooDefs.Ids.CREATOR_ALL_ACL;
        };
    }

    Optional<byte[]> digest() {
        return credentials.map(text -> text.getBytes(UTF_8));
    }

    /** For messages: who asks. */
    String userText() {
        return credentials
                .map(text -> "user '" + text.substring(0, text.indexOf(':')) + "'")
                .orElse("a client without credentials");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return ZooKeeperLockProvider.SCHEME + "://" + connectString() + base;
    }
}
