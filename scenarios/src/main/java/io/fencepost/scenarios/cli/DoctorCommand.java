package io.fencepost.scenarios.cli;

import io.fencepost.infra.MachineAbilities;
import io.fencepost.infra.MachineAbility;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code fencepost doctor}. */
@Command(
        name = "doctor",
        description = "Tries which faults this machine can inject, and tells how to enable the others.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it can do all", "1:something is missing, and what depends on it will be reported as NOT RUN"
        })
final class DoctorCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        PrintStream out = System.out;
        List<MachineAbility> abilities = MachineAbilities.survey();
        for (MachineAbility ability : abilities) {
            out.printf("%-4s %-28s %s%n", ability.able() ? "yes" : "NO", ability.fault(), ability.reason());
        }
        return abilities.stream().allMatch(MachineAbility::able) ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
