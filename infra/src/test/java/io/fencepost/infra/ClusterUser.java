package io.fencepost.infra;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What the tests of ownership run in JVMs of their own. Prints {@code cluster FOLDER} for each cluster it has, then
 * {@code ready}.
 */
final class ClusterUser {

    /** Start a private Redis cluster with one node paused, and stay. */
    static final String PRIVATE = "private";
    /** Start a private Redis cluster with own networks, and stay. */
    static final String OWN_NETWORKS = "own-networks";
    /** Use the shared Redis cluster, and end. */
    static final String SHARED = "shared";
    /** Be taken for Maven: let two JVMs use the shared cluster one after the other, and stay. */
    static final String BUILD = "build";

    private ClusterUser() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case PRIVATE -> {
                Cluster cluster =
                        Clusters.start(ClusterSpec.of(ClusterKind.REDIS).withNodes(2));
                cluster.nodes().get(1).pause();
                System.out.println("cluster " + cluster.directory());
            }
            case OWN_NETWORKS -> {
                Cluster cluster = Clusters.start(
                        ClusterSpec.of(ClusterKind.REDIS).withNodes(2).withOwnNetworks());
                System.out.println("cluster " + cluster.directory());
            }
            case SHARED -> {
                Cluster cluster = Clusters.redis();
                System.out.println("cluster " + cluster.directory());
                cluster.close();
                return;
            }
            case BUILD -> {
                runShared();
                runShared();
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
    }

    /** The command that runs this class in another JVM, with further words that only its command line shows. */
    static ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Platform.currentJava().toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "-D" + Checkout.ROOT_PROPERTY + "=" + Checkout.find().root(),
                ClusterUser.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static void runShared() throws IOException, InterruptedException {
        Process user =
                command(SHARED).redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
        if (user.waitFor() != 0) {
            throw new IllegalStateException("a user of the shared cluster failed");
        }
    }
}
