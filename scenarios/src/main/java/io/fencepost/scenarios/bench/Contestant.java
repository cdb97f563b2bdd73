package io.fencepost.scenarios.bench;

/**
 * Who was measured.
 *
 * @param id its name in results
 * @param backend that it ran on
 * @param role why it was measured: {@code ours}, {@code floor}, {@code peer} or {@code experiment}
 * @param version of the library
 * @param guarantee what it guarantees and what it leaves out
 */
public record Contestant(String id, String backend, String role, String version, String guarantee) {
    /** The role of the providers of this project. */
    static final String OURS = "ours";
    /** The role of what differs from a provider in one thing. */
    static final String EXPERIMENT = "experiment";
}
