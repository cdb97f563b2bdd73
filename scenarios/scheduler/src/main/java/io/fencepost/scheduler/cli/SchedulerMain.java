package io.fencepost.scheduler.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code fencepost-scheduler}: the main class of the executable JAR. */
@Command(
        name = "fencepost-scheduler",
        description = "Runs jobs under distributed locks, each completion accepted at most once.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {WorkerCommand.class, ApiCommand.class, TryCommand.class})
public final class SchedulerMain implements Runnable {
    /** Where logback looks for its configuration. */
    private static final String LOGGING = "logback.configurationFile";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private SchedulerMain() {}

    /** Runs and exits, with the code that the command documents. */
    public static void main(String[] args) {
        // of its own name, because a class path that this is a part of may have another one for another program
        if (System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, "io/fencepost/scheduler/cli/logback.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /** The command, ready to parse; for whoever wants to know which options there are. */
    public static CommandLine commandLine() {
        return new CommandLine(new SchedulerMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(SchedulerMain::explain)
                .setExecutionExceptionHandler(SchedulerMain::giveUp);
    }

    /** What went wrong, in the words of the one who knows, and of those that it stands on. */
    private static int giveUp(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        StringBuilder words = new StringBuilder(e.toString());
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            words.append("; because of ").append(cause);
        }
        err.println(command.getCommandSpec().qualifiedName() + " gave up: " + words);
        err.flush();
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    /** What is wrong and where to look, without the whole help over it. */
    private static int explain(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(e.getMessage());
        if (e.getArgSpec() instanceof OptionSpec option) {
            // not every converter knows the range, but every description does
            err.println(option.longestName() + ": " + String.join(" ", option.description()));
        }
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to run: worker, api or try");
    }
}
