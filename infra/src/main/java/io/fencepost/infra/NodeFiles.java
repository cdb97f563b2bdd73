package io.fencepost.infra;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The files of one node; what the JVMs of a build and the warden tell each other about it.
 *
 * @param folder the folder of the node
 */
record NodeFiles(Path folder) {

    private static final String PREFIX = "node-";

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

    void writeCommand(List<String> command) {
        Properties properties = new Properties();
        for (int i = 0; i < command.size(); i++) {
            properties.setProperty("command." + i, command.get(i));
        }
        Disk.writeProperties(folder.resolve("launch.properties"), properties);
    }

    List<String> command() {
        Properties properties =
                Disk.readProperties(folder.resolve("launch.properties")).orElseGet(Properties::new);
        List<String> command = new ArrayList<>();
        for (int i = 0; properties.getProperty("command." + i) != null; i++) {
            command.add(Disk.required(properties, "command." + i));
        }
        return command;
    }

    void writeProcess(ProcessIdentity process) {
        Disk.writeAtomically(folder.resolve("process"), process.format() + "\n");
    }

    /** The last process that was started, dead or alive. */
    Optional<ProcessIdentity> process() {
        return Disk.read(folder.resolve("process")).map(text -> ProcessIdentity.parse(text.trim()));
    }
}
