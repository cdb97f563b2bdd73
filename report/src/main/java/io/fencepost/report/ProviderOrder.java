package io.fencepost.report;

import java.util.Comparator;
import java.util.List;

/** In which order providers stand beside each other. */
final class ProviderOrder {
    private static final List<String> SCHEMES = List.of("cassandra", "redlock", "zookeeper", "memory");

    /** Of names that are a scheme, or begin with one and a hyphen; others come last. */
    static final Comparator<String> USUAL =
            Comparator.comparingInt(ProviderOrder::rank).thenComparing(Comparator.naturalOrder());

    private ProviderOrder() {}

    /** Whether a name is that of the scheme in one of its configurations: {@code redlock-5} is of {@code redlock}. */
    static boolean isOf(String name, String scheme) {
        return name.equals(scheme) || name.startsWith(scheme + "-");
    }

    private static int rank(String name) {
        for (int i = 0; i < SCHEMES.size(); i++) {
            if (isOf(name, SCHEMES.get(i))) {
                return i;
            }
        }
        return SCHEMES.size();
    }
}
