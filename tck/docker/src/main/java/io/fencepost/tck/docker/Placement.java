package io.fencepost.tck.docker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where the servers of a cluster are.
 *
 * @param name of the cluster
 * @param subnet of the containers, such as {@code 198.18.7.0/24}
 * @param hosts the address of each server in that subnet: what the servers call each other
 * @param ports the port of each on the loopback of this machine: what clients connect to; stable over restarts
 */
record Placement(String name, String subnet, List<String> hosts, List<Integer> ports) {
    static final String LOOPBACK = "127.0.0.1";

    int size() {
        return hosts.size();
    }

    InetSocketAddress address(int index) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(index));
    }
}
