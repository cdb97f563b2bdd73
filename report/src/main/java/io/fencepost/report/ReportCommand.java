package io.fencepost.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Command line: {@code report <run-folder> [--against <other-run-folder>]}. Writes and prints the comparison of a run, or prints what
 * differs between two. Usable on its own and as a subcommand.
 *
 * <p>Exit codes: 0 when the comparison is complete, no conformance rule and no run of chaos failed, and exclusion held, {@link #INCOMPLETE}, 2 on wrong usage, {@link #VIOLATED}. With
 * {@code --against} nothing is written, and the code is 0 when both runs can be read.
 */
@Command(
        name = "report",
        sortOptions = false,
        description = "Writes comparison.md and comparison.html of a run and prints the comparison.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the comparison is complete and exclusion held",
            "1:a cell is missing, a conformance rule failed, the verdict of a run of chaos is unknown or invalid, or a file cannot be read; the"
                    + " message says which, and where",
            "2:wrong usage",
            "3:while it was measured, a lock had two holders, or its fencing tokens were out of order"
        })
public final class ReportCommand implements Callable<Integer> {
    /** The comparison was written with MISSING, a failed rule or a run of chaos that is not valid in it; or a file cannot be read, and nothing was written. */
    public static final int INCOMPLETE = 1;

    /** A measurement counted a double holder or a token violation. */
    public static final int VIOLATED = 3;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "<run-folder>", description = "The folder of the run: results/<run>.")
    private @Nullable Path folder;

    @Option(
            names = "--against",
            paramLabel = "<run-folder>",
            description = "Print what differs from this earlier run instead of the comparison.")
    private @Nullable Path against;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    /** What picocli needs; it fills the fields. */
    public ReportCommand() {}

    /** Ends the JVM with the command's exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ReportCommand()).execute(args));
    }

    @Override
    public Integer call() {
        if (spec == null || folder == null) {
            throw new IllegalStateException("picocli fills the fields before it calls");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            if (against != null) {
                out.print(RunDifference.between(Run.read(against), Run.read(folder)));
                return 0;
            }
            ComparisonReport report = ComparisonReport.write(folder);
            out.print(report.markdown());
            return verdict(report, err);
        } catch (NotDirectoryException e) {
            return failed(err, e.getFile() + " is not a folder; expected is the folder of a run, as results/<run>");
        } catch (NoSuchFileException e) {
            return failed(err, e.getFile() + " is not the folder of a comparison: " + e.getReason());
        } catch (ResultsFormatException e) {
            return failed(err, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return failed(err, "cannot read or write: " + e);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static int verdict(ComparisonReport report, PrintWriter err) {
        report.violations().forEach(violation -> err.println("VIOLATION " + violation));
        report.problems().forEach(problem -> err.println("problem: " + problem));
        if (!report.violations().isEmpty()) {
            return VIOLATED;
        }
        return report.complete() ? 0 : INCOMPLETE;
    }

    private static int failed(PrintWriter err, String message) {
        err.println("fencepost report: " + message);
        return INCOMPLETE;
    }
}
