package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.jobs.Locks;
import io.fencepost.scenarios.jobs.StoreKind;
import io.fencepost.scenarios.load.Subject;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code fencepost jobs}. */
@Command(
        name = "jobs",
        description =
                "Measures and disturbs the job scheduler: real worker processes on real lock servers of this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {JobsFiguresCommand.class, JobsModesCommand.class, JobsChaosCommand.class})
final class JobsCommand implements Runnable {
    /** Of what must never be. */
    static final int VIOLATED = 3;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: figures, modes or chaos");
    }

    /** Tells what went wrong, and answers with the exit code for it. */
    static int outcome(PrintStream console, List<String> failures, List<String> violations) {
        failures.forEach(failure -> console.println("FAILED: " + failure));
        violations.forEach(violation -> console.println("VIOLATED: " + violation));
        return !violations.isEmpty() ? VIOLATED : failures.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    static void require(CommandLine command, String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(command, option + " is " + value + "; allowed is " + least + " to " + most);
        }
    }

    /** Reads a provider's name. */
    static final class ProviderConverter implements ITypeConverter<Subject> {
        @Override
        public Subject convert(String value) {
            try {
                return Subject.of(value, Locks.SUBJECTS);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads a store's name. */
    static final class StoreConverter implements ITypeConverter<StoreKind> {
        @Override
        public StoreKind convert(String value) {
            try {
                return StoreKind.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
