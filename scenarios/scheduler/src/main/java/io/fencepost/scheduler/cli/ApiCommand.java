package io.fencepost.scheduler.cli;

import io.fencepost.scheduler.api.ApiOptions;
import io.fencepost.scheduler.api.ApiServer;
import io.fencepost.scheduler.observe.SchedulerMetrics;
import io.fencepost.scheduler.observe.Tracing;
import io.fencepost.scheduler.store.JobStore;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fencepost-scheduler api}. */
@Command(
        name = "api",
        description = {
            "Serves the API, the page that shows what happens, and metrics, until it is asked to stop. It needs the store and no locks:"
                    + " start as many as you like.",
            "SIGTERM or Ctrl-C stops it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it was asked to stop",
            "1:store or port cannot be had",
            "2:the command line is wrong; nothing was started"
        })
final class ApiCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ApiCommand.class);

    @Mixin
    private StoreOption store = new StoreOption();

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Option(
            names = "--until-eof",
            description =
                    "Stops, as for SIGTERM, when standard input ends as well: for parents that leave no child behind.")
    private boolean untilEof;

    @Override
    public Integer call() throws Exception {
        ApiOptions api = options.check();
        try (Opened opened = new Opened()) {
            SchedulerMetrics metrics = new SchedulerMetrics();
            Tracing tracing = opened.add(Tracing.fromEnvironment());
            JobStore jobs = opened.add(metrics.timed(tracing.traced(store.open())));
            metrics.watch(jobs);
            // closed before the store that it watches
            opened.add(metrics);
            ApiServer server = opened.add(options.start(api, jobs, metrics::scrape));
            StopRequest stop = StopRequest.bySignals();
            if (untilEof) {
                stop.alsoAtTheEndOf(System.in);
            }
            LOG.info(
                    "the API is ready: {} ({}), store {}",
                    options.url(server),
                    api.token().isPresent() ? "with a token" : "without a token",
                    store.shown());
            stop.await();
        }
        LOG.info("stopped");
        return ExitCode.OK;
    }
}
