package io.fencepost.tck;

import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Something that a fixture can do for the kit, or the reason why it cannot. Immutable.
 *
 * @param <T> what can be done
 */
public final class Hook<T> {
    private final Optional<T> means;
    private final String whyMissing;

    private Hook(Optional<T> means, String whyMissing) {
        this.means = means;
        this.whyMissing = whyMissing;
    }

    /** A hook that is there. */
    public static <T> Hook<T> of(T means) {
        return new Hook<>(Optional.of(means), "");
    }

    /**
     * A hook that is not there; the rules that need it are NOT RUN.
     *
     * @param reason as it stands in reports, such as {@code no C compiler on this machine}
     */
    public static <T> Hook<T> missing(String reason) {
        return new Hook<>(Optional.empty(), Objects.requireNonNull(reason, "reason"));
    }

    static <T> Hook<T> notGiven(String name) {
        return missing("the fixture does not give the hook '" + name + "'");
    }

    /** Whether it is there. */
    public boolean isPresent() {
        return means.isPresent();
    }

    /** Ends the rule as NOT RUN if the hook is missing. */
    T orNotRun() {
        Assumptions.assumeTrue(means.isPresent(), whyMissing);
        return means.orElseThrow();
    }

    @Override
    public String toString() {
        return means.map(Object::toString).orElse("missing: " + whyMissing);
    }
}
