package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.worker.WorkerMain;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What {@code compare} starts as child processes, by hand: to try a command on a backend. */
@Command(
        name = "worker",
        hidden = true,
        description = "Opens a lock client and does what lines of JSON on stdin say, until they end.",
        mixinStandardHelpOptions = true)
final class WorkerCommand implements Callable<Integer> {
    @Parameters(paramLabel = "<uri>", description = "The backend.")
    @SuppressWarnings("NullAway.Init")
    private String uri;

    @Override
    public Integer call() {
        return WorkerMain.run(uri);
    }
}
