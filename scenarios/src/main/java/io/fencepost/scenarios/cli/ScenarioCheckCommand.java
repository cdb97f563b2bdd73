package io.fencepost.scenarios.cli;

import io.fencepost.history.RunFolder;
import io.fencepost.history.check.Check;
import io.fencepost.history.check.Expected;
import io.fencepost.history.check.Finding;
import io.fencepost.history.check.Judgement;
import io.fencepost.history.check.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fencepost scenario check}. */
@Command(
        name = "check",
        description = "Judges saved runs anew, from their histories alone, and writes their verdict.json.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:valid", "1:unknown", "2:there is no run in a folder", "3:invalid"})
final class ScenarioCheckCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "<folder>",
            arity = "1..*",
            description = "Folders of runs, or folders with many of them inside.")
    private List<Path> folders = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Result worst = Result.VALID;
        for (RunFolder run : runs(folders, spec)) {
            Judgement judgement = Judgement.of(run);
            tell(run, judgement);
            worst = worst.worse(judgement.overall());
        }
        return switch (worst) {
            case VALID -> ExitCode.OK;
            case UNKNOWN -> ExitCode.SOFTWARE;
            case INVALID -> CompareCommand.VIOLATIONS;
        };
    }

    /** The runs in these folders that have a history. */
    static List<RunFolder> runs(List<Path> folders, CommandSpec spec) throws IOException {
        List<RunFolder> runs = new ArrayList<>();
        for (Path folder : folders) {
            int before = runs.size();
            if (Files.isDirectory(folder)) {
                try (Stream<Path> inside = Files.list(folder)) {
                    Stream.concat(Stream.of(folder), inside.sorted())
                            .map(RunFolder::new)
                            .filter(run -> Files.exists(run.history()) && Files.exists(run.run()))
                            .forEach(runs::add);
                }
            }
            if (runs.size() == before) {
                throw new ParameterException(
                        spec.commandLine(),
                        folder + " has no run.json with a history.jsonl.gz, nor have folders in it");
            }
        }
        return runs;
    }

    private static void tell(RunFolder run, Judgement judgement) {
        PrintStream out = System.out;
        out.printf(
                "%s: %s (%d events, %d grants, %.1f s)%n",
                run.folder(),
                judgement.overall().json().toUpperCase(java.util.Locale.ROOT),
                judgement.events(),
                judgement.grants(),
                judgement.durationMs() / 1_000);
        for (Check check : judgement.checks()) {
            out.printf(
                    "  %-3s %-22s %-8s %s%n",
                    check.id(), check.title(), check.verdict().json(), check.note());
            if (check.raw() != Result.VALID) {
                for (Finding finding : check.findings()) {
                    out.println("        " + finding.message() + " (lines " + finding.lines() + ")");
                }
            }
        }
        for (Expected expected : judgement.expectations()) {
            out.printf(
                    "  %-26s %s, seen %d %s%n", expected.name(), expected.expected(), expected.seen(), expected.note());
        }
    }
}
