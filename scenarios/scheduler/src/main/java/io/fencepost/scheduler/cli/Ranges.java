package io.fencepost.scheduler.cli;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses values that are out of range, in a sentence that names the option, the value and what is allowed. */
final class Ranges {
    /** The range of ports; 0 stands for any that is free. */
    static final int MOST_PORT = 65_535;

    /** What can be written shortly, and counted in milliseconds. */
    private static final Duration LONGEST_SHORT = Duration.ofDays(365);

    private Ranges() {}

    /** @throws ParameterException unless {@code least <= value <= most} */
    static void require(CommandSpec spec, String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + "; allowed is " + least + " to " + most);
        }
    }

    /** @throws ParameterException unless {@code least <= value <= most} */
    static void require(CommandSpec spec, String option, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " is " + text(value) + "; allowed is " + text(least) + " to " + text(most));
        }
    }

    /** A duration in the form that options take. */
    static String text(Duration duration) {
        if (duration.toNanosPart() % 1_000_000 != 0 || duration.isNegative() || duration.compareTo(LONGEST_SHORT) > 0) {
            return duration.toString();
        }
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.toSecondsPart() != 0 || duration.isZero()) {
            return duration.toSeconds() + "s";
        }
        return duration.toMinutesPart() != 0 ? duration.toMinutes() + "m" : duration.toHours() + "h";
    }
}
