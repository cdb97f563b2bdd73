package io.fencepost.scenarios.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fencepost scenario}. */
@Command(
        name = "scenario",
        description =
                "Does the same harm to every provider, on real clusters of this machine, and judges what happened.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ScenarioListCommand.class,
            ScenarioRunCommand.class,
            ScenarioCheckCommand.class,
            ScenarioExportCommand.class
        })
final class ScenarioCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: list, run, check or export");
    }
}
