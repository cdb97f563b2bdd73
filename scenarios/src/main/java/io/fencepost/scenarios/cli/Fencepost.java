package io.fencepost.scenarios.cli;

import io.fencepost.report.ReportCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code fencepost}. */
@Command(
        name = "fencepost",
        description = "Compares distributed locks on real clusters of this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CompareCommand.class,
            BenchCommand.class,
            LoadCommand.class,
            LeasesCommand.class,
            ScaleCommand.class,
            ScenarioCommand.class,
            JobsCommand.class,
            DemoCommand.class,
            ReportCommand.class,
            DoctorCommand.class,
            WorkerCommand.class
        })
public final class Fencepost implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Fencepost() {}

    /** Runs and exits, with the code that the command documents. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command, ready to parse. */
    static CommandLine commandLine() {
        return new CommandLine(new Fencepost())
                .setParameterExceptionHandler(Fencepost::explain)
                .setExecutionExceptionHandler(Fencepost::giveUp);
    }

    /** What went wrong, in the words of the one who knows; a defect of ours shows where it is. */
    private static int giveUp(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + " gave up: " + e);
        if (e instanceof RuntimeException) {
            e.printStackTrace(err);
        }
        err.flush();
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    /** What is wrong and where to look, without the whole help over it. */
    private static int explain(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(e.getMessage());
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to do: compare, bench, load, leases, scale, scenario, jobs, demo, report or doctor");
    }
}
