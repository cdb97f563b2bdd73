package io.fencepost.infra;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The files of one node; what the JVMs of a build and the warden tell each other about it.
 *
 * @param folder the folder of the node
 */
record NodeFiles(Path folder) {

    private static final String PREFIX = "node-";
    private static final String LAUNCH = "launch.properties";
    private static final String SLOW_DISK_LAUNCH = "slow-disk.properties";
    private static final String ENVIRONMENT = "environment.";

    static NodeFiles of(Path cluster, int index) {
        return new NodeFiles(cluster.resolve(PREFIX + (index + 1)));
    }

    static List<NodeFiles> all(Path cluster) {
        return Disk.children(cluster, PREFIX).stream().map(NodeFiles::new).toList();
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("server.log");
    }

    /** The offset of the wall clock of the process, where that can be moved; outlives the process and its data. */
    ClockFile clock() {
        return new ClockFile(folder.resolve("clock"));
    }

    /** Writes what the warden is to start. */
    void writeLaunch(List<String> command, Map<String, String> environment) {
        Properties properties = new Properties();
        environment.forEach((name, value) -> properties.setProperty(ENVIRONMENT + name, value));
        Disk.writeProperties(folder.resolve(LAUNCH), withCommand(properties, command));
    }

    /** Writes what the warden is to start beside the node, to make its disk slow. */
    void writeSlowDiskLaunch(List<String> command) {
        Disk.writeProperties(folder.resolve(SLOW_DISK_LAUNCH), withCommand(new Properties(), command));
    }

    private static Properties withCommand(Properties properties, List<String> command) {
        for (int i = 0; i < command.size(); i++) {
            properties.setProperty("command." + i, command.get(i));
        }
        return properties;
    }

    List<String> command() {
        return command(launch());
    }

    List<String> slowDiskCommand() {
        return command(Disk.readProperties(folder.resolve(SLOW_DISK_LAUNCH)).orElseGet(Properties::new));
    }

    private static List<String> command(Properties properties) {
        List<String> command = new ArrayList<>();
        for (int i = 0; properties.getProperty("command." + i) != null; i++) {
            command.add(Disk.required(properties, "command." + i));
        }
        return command;
    }

    /** What the process has in its environment beside what all have. */
    Map<String, String> environment() {
        Properties properties = launch();
        return properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith(ENVIRONMENT))
                .collect(Collectors.toMap(
                        key -> key.substring(ENVIRONMENT.length()), key -> Disk.required(properties, key)));
    }

    private Properties launch() {
        return Disk.readProperties(folder.resolve(LAUNCH)).orElseGet(Properties::new);
    }

    void writeProcess(ProcessIdentity process) {
        Disk.writeAtomically(folder.resolve("process"), process.format() + "\n");
    }

    /** The last process that was started, dead or alive. */
    Optional<ProcessIdentity> process() {
        return Disk.read(folder.resolve("process")).map(text -> ProcessIdentity.parse(text.trim()));
    }

    void writeSlowDisk(ProcessIdentity tracer) {
        Disk.writeAtomically(folder.resolve("slow-disk"), tracer.format() + "\n");
    }

    /** The last process that made the disk of this node slow, dead or alive. */
    Optional<ProcessIdentity> slowDisk() {
        return Disk.read(folder.resolve("slow-disk")).map(text -> ProcessIdentity.parse(text.trim()));
    }

    /** What that process saw. */
    Path slowDiskTrace() {
        return folder.resolve("slow-disk.trace");
    }

    /** What that process said of itself. */
    Path slowDiskLog() {
        return folder.resolve("slow-disk.log");
    }
}
