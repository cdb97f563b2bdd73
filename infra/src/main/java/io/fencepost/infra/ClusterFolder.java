package io.fencepost.infra;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** What a cluster's folder says about the cluster: its owner, its plan, and its version once it was healthy. */
final class ClusterFolder {

    private static final String OWNER = "owner";
    private static final String PLAN = "cluster.properties";
    private static final String VERSION = "version";

    private ClusterFolder() {}

    static void create(Path folder, ProcessIdentity owner, ClusterPlan plan) {
        Disk.createFolders(folder);
        Disk.writeAtomically(folder.resolve(OWNER), owner.format() + "\n");
        Properties properties = new Properties();
        plan.store(properties);
        Disk.writeProperties(folder.resolve(PLAN), properties);
    }

    static Optional<ProcessIdentity> owner(Path folder) {
        return Disk.read(folder.resolve(OWNER)).map(text -> ProcessIdentity.parse(text.trim()));
    }

    static Optional<ClusterPlan> plan(Path folder) {
        return Disk.readProperties(folder.resolve(PLAN)).map(ClusterPlan::load);
    }

    /** Marks a cluster as having been healthy, which is when other JVMs may use it. */
    static void markHealthy(Path folder, String version) {
        Disk.writeAtomically(folder.resolve(VERSION), version + "\n");
    }

    static Optional<String> version(Path folder) {
        return Disk.read(folder.resolve(VERSION)).map(String::trim);
    }
}
