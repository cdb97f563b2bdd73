package io.fencepost.lock.cassandra;

import io.fencepost.lock.spi.BackendConfig;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How connections are encrypted. Without a trust store the JVM's own decides whom to trust; a key store is needed only where the servers ask for client
 * certificates.
 */
record TlsOptions(Optional<Store> trustStore, Optional<Store> keyStore, boolean verifyHostName) {
    private static final List<String> DETAILS =
            List.of("trustStore", "trustStorePassword", "keyStore", "keyStorePassword", "verifyHostName");

    /** A JKS or PKCS #12 file. */
    record Store(Path file, Optional<String> password) {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    static Optional<TlsOptions> read(BackendConfig config) {
        boolean enabled = config.flag("tls", false);
        for (String detail : DETAILS) {
            if (config.string(detail).isPresent() && !enabled) {
                throw new IllegalArgumentException("cassandra: option '" + detail + "' is of use only with tls=true");
            }
        }
        TlsOptions options = new TlsOptions(
                store(config, "trustStore"), store(config, "keyStore"), config.flag("verifyHostName", true));
        return enabled ? Optional.of(options) : Optional.empty();
    }

    private static Optional<Store> store(BackendConfig config, String option) {
        Optional<String> password = config.string(option + "Password");
        Optional<String> file = config.string(option);
        if (file.isEmpty() && password.isPresent()) {
            throw new IllegalArgumentException(
                    "cassandra: option '" + option + "Password' is of use only with '" + option + "'");
        }
        return file.map(name -> new Store(readable(config, option, name), password));
    }

    private static Path readable(BackendConfig config, String option, String name) {
        String allowed = "a readable key store file";
        try {
            Path path = Path.of(name);
            if (Files.isReadable(path) && Files.isRegularFile(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw config.refused(option, name, allowed);
        }
        throw config.refused(option, name, allowed);
    }
}
