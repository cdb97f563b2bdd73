package io.fencepost.jmh.contestant;

import java.util.Objects;
import java.util.Set;

/**
 * A contestant that can be opened.
 *
 * @param id its name in results: lower case with hyphens
 * @param backend that it runs on
 * @param role why it is measured
 * @param version of the library, or {@code this build}
 * @param guarantee what it guarantees and what it leaves out, in a sentence that stands beside its speed
 * @param abilities what it can do
 * @param opener connects it
 */
public record ContestantType(
        String id,
        Backend backend,
        Role role,
        String version,
        String guarantee,
        Set<Ability> abilities,
        Opener opener) {
    public ContestantType {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(guarantee, "guarantee");
        abilities = Set.copyOf(abilities);
        Objects.requireNonNull(opener, "opener");
    }

    /** Connects. */
    @FunctionalInterface
    public interface Opener {
        /** Blocks until every client is connected; leaves nothing behind if that fails. */
        Contestant open(Opening opening) throws Exception;
    }

    /** Connects; see {@link Opener#open}. */
    public Contestant open(Opening opening) throws Exception {
        return opener.open(opening);
    }
}
