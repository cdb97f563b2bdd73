package io.fencepost.lock.zookeeper;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;

/**
 * The servers of the ensemble, in random order. The driver gives each of them the session timeout divided by their number to accept a session, which is ten seconds
 * for three servers and the default; this answers a number that makes it shorter, so that a stopped server does not use up the time to connect.
 */
final class Hosts implements HostProvider {
    private static final Duration LEAST = Duration.ofMillis(250);

    private final HostProvider servers;
    private final int shares;

    /** @param patience how long a server may take to accept a session */
    Hosts(String connectString, Duration sessionTimeout, Duration patience) {
        this.servers = new StaticHostProvider(new ConnectStringParser(connectString).getServerAddresses());
        this.shares = (int) (sessionTimeout.toMillis() / Math.max(LEAST.toMillis(), patience.toMillis()));
    }

    /** Read by the driver (ClientCnxn) to divide the session timeout, and for nothing else. */
    @Override
    public int size() {
        return Math.max(servers.size(), shares);
    }

    @Override
    public InetSocketAddress next(long spinDelay) {
        return servers.next(spinDelay);
    }

    @Override
    public void onConnected() {
        servers.onConnected();
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> serverAddresses, InetSocketAddress currentHost) {
        return servers.updateServerList(serverAddresses, currentHost);
    }
}
