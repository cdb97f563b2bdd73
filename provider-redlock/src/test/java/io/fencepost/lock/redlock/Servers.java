package io.fencepost.lock.redlock;

import io.fencepost.infra.Clusters;

/** URIs of the shared cluster. */
final class Servers {
    private Servers() {}

    /** The first {@code nodes} masters of the shared cluster, with options such as {@code a=1&b=2}. */
    static String uri(int nodes, String options) {
        return "redlock://" + String.join(",", Clusters.redis().addresses().subList(0, nodes)) + "?" + options;
    }
}
