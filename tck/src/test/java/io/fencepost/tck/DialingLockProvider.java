package io.fencepost.tck;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** Keeps its locks in memory, but dials a server first if it is told to: what rules 8.1 and 8.4 need of a provider. */
public final class DialingLockProvider implements LockProvider {
    private static final MemorySpace SPACE = new MemorySpace(TimeSource.SYSTEM);

    @Override
    public String scheme() {
        return "dialing";
    }

    @Override
    public LockBackend open(BackendConfig config) {
        Duration timeout =
                config.duration("connectTimeout", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1));
        List<BackendConfig.Address> addresses = config.flag("dial", false) ? config.addresses(1) : List.of();
        config.rejectUnknownOptions();
        addresses.forEach(address -> dial(address, (int) timeout.toMillis()));
        return SPACE.connect();
    }

    private static void dial(BackendConfig.Address address, int timeoutMillis) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), timeoutMillis);
            socket.setSoTimeout(timeoutMillis);
            if (socket.getInputStream().read() < 0) {
                throw new IOException("hung up");
            }
        } catch (IOException e) {
            throw new LockUnavailableException("dialing: " + address + " cannot be reached: " + e.getMessage(), e);
        }
    }

    /** Opens, whatever the options say and whoever is there. */
    public static final class Careless implements LockProvider {
        @Override
        public String scheme() {
            return "careless";
        }

        @Override
        public LockBackend open(BackendConfig config) {
            return SPACE.connect();
        }
    }
}
