package io.fencepost.infra;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs that make and break networks. */
record NetworkTools(Path ip, Path iptables) {

    /** A lock of the tables that another program holds is waited for, in seconds. */
    private static final String WAIT_FOR_LOCK = "10";

    /**
     * Those of this machine.
     *
     * @throws IllegalStateException if one is missing, naming it
     */
    static NetworkTools find() {
        return new NetworkTools(program("ip", "iproute2"), program("iptables", "iptables"));
    }

    private static Path program(String name, String bundle) {
        return Platform.administration(name)
                .orElseThrow(
                        () -> new IllegalStateException("there is no program " + name + " (package " + bundle + ")"));
    }

    String ip(String... words) {
        return run(join(List.of(ip.toString()), words));
    }

    /** Runs a rule in the namespace of a node. */
    String iptables(String namespace, String... words) {
        return run(join(inside(namespace, List.of(iptables.toString(), "-w", WAIT_FOR_LOCK)), words));
    }

    /** Runs a rule on the machine itself. */
    String iptables(List<String> words) {
        return run(join(List.of(iptables.toString(), "-w", WAIT_FOR_LOCK), words.toArray(String[]::new)));
    }

    /** The command that becomes this one inside a namespace; the process stays the same. */
    List<String> inside(String namespace, List<String> command) {
        List<String> whole = new ArrayList<>(List.of(ip.toString(), "netns", "exec", namespace));
        whole.addAll(command);
        return whole;
    }

    /** As {@code action}, for what may be gone already; whether it was done. */
    static boolean attempt(Runnable action) {
        try {
            action.run();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    static String run(List<String> command) {
        Programs.Result result = Programs.run(Map.of(), command);
        if (result.status() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + result.status() + ": "
                    + Optional.of(result.output().trim())
                            .filter(text -> !text.isEmpty())
                            .orElse("no words"));
        }
        return result.output();
    }

    private static List<String> join(List<String> first, String... then) {
        List<String> whole = new ArrayList<>(first);
        whole.addAll(List.of(then));
        return whole;
    }
}
