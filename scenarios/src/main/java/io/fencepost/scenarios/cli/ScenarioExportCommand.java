package io.fencepost.scenarios.cli;

import io.fencepost.history.Exports;
import io.fencepost.history.History;
import io.fencepost.history.RunFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fencepost scenario export}. */
@Command(
        name = "export",
        description = "Writes the history of a saved run in the formats of other checkers, into a folder in the run.",
        mixinStandardHelpOptions = true)
final class ScenarioExportCommand implements Callable<Integer> {
    /** Whose format. */
    enum Format {
        /** One file of EDN a lock, for the model {@code mutex}. */
        knossos,
        /** One file of JSON Lines. */
        porcupine
    }

    @Parameters(paramLabel = "<folder>", description = "The run, or a folder with many of them inside.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "<format>",
            description = "knossos (EDN, one file a lock) or porcupine (JSON Lines, one file).")
    private Format format = Format.knossos;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintStream out = System.out;
        for (RunFolder run : ScenarioCheckCommand.runs(List.of(folder), spec)) {
            History history = run.readHistory();
            if (format == Format.knossos) {
                Exports.knossos(history, run.folder().resolve("knossos")).forEach(out::println);
            } else {
                Path file = run.folder().resolve("porcupine.jsonl");
                int written = Exports.porcupine(history, file);
                out.println(file + ": " + written + " operations");
            }
        }
        return ExitCode.OK;
    }
}
