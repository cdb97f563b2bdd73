package io.fencepost.scenarios.jobs;

import io.fencepost.infra.Cluster;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The lock services that the scheduler is measured on. */
public final class Locks {
    /** Whose locks workers of several processes share. */
    public static final Set<Subject> SUBJECTS = EnumSet.of(Subject.CASSANDRA, Subject.REDLOCK, Subject.ZOOKEEPER);

    private Locks() {}

    /** For workers that connect to these addresses. */
    static String uri(Subject subject, List<String> addresses) {
        // a dead worker of ZooKeeper keeps its locks for as long as its session: the shorter one that a ttl of seconds
        // asks for
        return subject.uri(addresses, subject == Subject.ZOOKEEPER ? List.of("sessionTimeout=5s") : List.of());
    }

    /** For a worker that reaches each server by a way of its own. */
    static String uri(Subject subject, List<String> servers, List<String> ways) {
        if (subject != Subject.CASSANDRA) {
            return uri(subject, ways);
        }
        // the driver learns the servers from one another
        String map = IntStream.range(0, servers.size())
                .mapToObj(node -> servers.get(node) + ">" + ways.get(node))
                .collect(Collectors.joining(","));
        return uri(subject, ways) + "&addressMap=" + map;
    }

    /** Creates what the provider needs, before several workers would at once, and writes down what it promises. */
    static void prepare(Subject subject, Cluster cluster, EnvironmentFile environment) throws IOException {
        String uri = uri(subject, cluster.addresses());
        try (LockClient first = LockClients.open(uri)) {
            environment.putProvider(subject.id(), first.capabilities(), uri, cluster.version(), cluster.describe());
            environment.write();
        }
    }
}
