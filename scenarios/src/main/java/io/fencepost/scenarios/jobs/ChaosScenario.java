package io.fencepost.scenarios.jobs;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What is done to running workers and their lock servers, by the names of {@code fencepost scenario}. */
public enum ChaosScenario {
    /** A worker that runs a job is stopped until another one has taken the job over, and goes on then. */
    S1("SIGSTOP of a worker that runs a job, beyond its lease, then SIGCONT"),
    /** A worker that runs a job is killed, and replaced when another one has taken the job over. */
    S2("SIGKILL of a worker that runs a job"),
    /** A lock server is killed, and started again with the data it has. */
    S3("SIGKILL of a lock server, one after the other"),
    /** The network falls apart: servers in two halves, and a worker that runs a job sees the smaller one. */
    S5("lock servers in two halves, a worker that runs a job with the smaller one");

    private final String words;

    ChaosScenario(String words) {
        this.words = words;
    }

    /** What it does. */
    String words() {
        return words;
    }

    /**
     * The scenario of that name.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static ChaosScenario of(String name) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is no scenario for jobs; there are "
                        + Arrays.stream(values()).map(ChaosScenario::name).collect(Collectors.joining(", "))));
    }
}
