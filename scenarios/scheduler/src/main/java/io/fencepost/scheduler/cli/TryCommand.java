package io.fencepost.scheduler.cli;

import io.fencepost.lock.LockClient;
import io.fencepost.scheduler.api.ApiOptions;
import io.fencepost.scheduler.api.ApiServer;
import io.fencepost.scheduler.observe.SchedulerMetrics;
import io.fencepost.scheduler.observe.Tracing;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import io.fencepost.scheduler.worker.Worker;
import io.fencepost.scheduler.worker.WorkerObserver;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code fencepost-scheduler try}. */
@Command(
        name = "try",
        description = {
            "API, page and one worker in one process, with locks in its memory and a store that is deleted at the end: to look around"
                    + " without anything else that has to run.",
            "SIGTERM or Ctrl-C drains, as of a worker."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it was asked to stop",
            "1:the port cannot be had, or the worker failed",
            "2:the command line is wrong; nothing was started"
        })
final class TryCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(TryCommand.class);
    private static final String LOCKS = "memory:";

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private WorkerOptions options = new WorkerOptions();

    @Override
    public Integer call() throws Exception {
        options.check();
        ApiOptions api = server.check();
        Optional<Throwable> failure;
        try (Opened opened = new Opened()) {
            // tokens of memory: begin again with the process, so that a store that outlives it would refuse them
            TemporaryFolder folder = opened.add(TemporaryFolder.create("fencepost-try"));
            SchedulerMetrics metrics = new SchedulerMetrics();
            Tracing tracing = opened.add(Tracing.fromEnvironment());
            LockClient client = opened.add(options.openLocks(LOCKS, metrics.lockObserver(Uris.scheme(LOCKS))));
            JobStore jobs = opened.add(metrics.timed(
                    tracing.traced(JobStores.open("sqlite:" + folder.path().resolve("jobs.db")))));
            metrics.watch(jobs);
            // closed before the store that it watches
            opened.add(metrics);
            StopRequest stop = StopRequest.bySignals();
            Worker worker = opened.add(options.start(
                    jobs,
                    client,
                    WorkerObserver.all(
                            metrics.workerObserver(), tracing.workerObserver(), new EventLog(), stop.whenFailed())));
            metrics.watch(worker::report);
            ApiServer serving = opened.add(server.start(api, jobs, metrics::scrape));
            LOG.info(
                    "ready: {} ({}), worker {} with {}",
                    server.url(serving),
                    api.token().isPresent() ? "with a token" : "without a token",
                    worker.name(),
                    options.shown());
            stop.await();
            LOG.info("worker {} drains, for {} at most", worker.name(), Ranges.text(options.drain()));
            boolean ended = worker.drain(options.drain());
            LOG.info("{}", ended ? "nothing is under way" : "what is still under way is given back");
            failure = worker.failure();
        }
        LOG.info("stopped");
        return failure.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
