package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.chaos.fault.Faults;
import io.fencepost.scenarios.chaos.plan.Catalog;
import io.fencepost.scenarios.chaos.plan.Overrides;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.ScenarioFormatException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code fencepost scenario list}. */
@Command(
        name = "list",
        description = "Tells the scenarios that come with the program, what they do, and what can be set.",
        mixinStandardHelpOptions = true)
final class ScenarioListCommand implements Callable<Integer> {
    @Option(names = "--source", description = "Print each scenario as it is written, to begin one of your own with.")
    private boolean source;

    @Override
    public Integer call() throws ScenarioFormatException {
        PrintStream out = System.out;
        for (Scenario scenario : Catalog.all(Overrides.NONE)) {
            out.printf(
                    "%-4s %-15s %3d s  %s%n",
                    scenario.id(), scenario.name(), scenario.length().toSeconds(), scenario.title());
            if (source) {
                out.println(scenario.source().indent(5));
            }
        }
        out.println();
        out.println("Faults:     " + String.join(", ", Faults.names()));
        out.println("To be set:  " + String.join(", ", Overrides.names()));
        return ExitCode.OK;
    }
}
