package io.fencepost.scheduler.cli;

import io.fencepost.lock.LockClient;
import io.fencepost.scheduler.observe.MetricsServer;
import io.fencepost.scheduler.observe.SchedulerMetrics;
import io.fencepost.scheduler.observe.Tracing;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.worker.Worker;
import io.fencepost.scheduler.worker.WorkerObserver;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fencepost-scheduler worker}. */
@Command(
        name = "worker",
        description = {
            "Runs due jobs, each under its lock, until it is asked to stop. Start as many as you like, on one store and one lock"
                    + " service.",
            "SIGTERM or Ctrl-C drains: it takes no more jobs, lets those under way end, and releases what it holds."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it was asked to stop, and what was under way has ended or was given back",
            "1:store, lock service or port cannot be had; or the worker failed; or what was under way could not be given back",
            "2:the command line is wrong; nothing was started"
        })
final class WorkerCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

    @Mixin
    private StoreOption store = new StoreOption();

    @Option(
            names = "--locks",
            paramLabel = "<uri>",
            required = true,
            defaultValue = "${env:FENCEPOST_LOCKS}",
            description = "The lock service: redlock://<host>:<port>,..., zookeeper://<host>:<port>,.../<path>,"
                    + " cassandra://<host>:<port>/<keyspace>?localDatacenter=<dc>, or memory:, which excludes nobody but"
                    + " this process. The environment variable FENCEPOST_LOCKS by default.")
    @SuppressWarnings("NullAway.Init")
    private String locks;

    @Mixin
    private WorkerOptions options = new WorkerOptions();

    @Option(
            names = "--metrics-host",
            paramLabel = "<host>",
            defaultValue = "127.0.0.1",
            description =
                    "Where GET /metrics and GET /health answer, to anybody who gets there. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private String metricsHost;

    @Option(
            names = "--metrics-port",
            paramLabel = "<port>",
            defaultValue = "9464",
            description = "0 to 65535; 0 is any that is free, and is logged. ${DEFAULT-VALUE} by default.")
    private int metricsPort;

    @Option(
            names = "--until-eof",
            description =
                    "Stops, as for SIGTERM, when standard input ends as well: for parents that leave no child behind.")
    private boolean untilEof;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        options.check();
        Ranges.require(spec, "--metrics-port", metricsPort, 0, Ranges.MOST_PORT);
        AtomicReference<@Nullable Worker> serving = new AtomicReference<>();
        Optional<Throwable> failure;
        try (Opened opened = new Opened()) {
            SchedulerMetrics metrics = new SchedulerMetrics();
            Tracing tracing = opened.add(Tracing.fromEnvironment());
            LockClient client = opened.add(options.openLocks(locks, metrics.lockObserver(Uris.scheme(locks))));
            JobStore jobs = opened.add(metrics.timed(tracing.traced(store.open())));
            metrics.watch(jobs);
            // closed before the store that it watches
            opened.add(metrics);
            MetricsServer server = opened.add(
                    MetricsServer.start(metricsHost, metricsPort, metrics::scrape, () -> isWell(serving.get())));
            StopRequest stop = StopRequest.bySignals();
            if (untilEof) {
                stop.alsoAtTheEndOf(System.in);
            }
            Worker worker = opened.add(options.start(
                    jobs,
                    client,
                    WorkerObserver.all(
                            metrics.workerObserver(), tracing.workerObserver(), new EventLog(), stop.whenFailed())));
            metrics.watch(worker::report);
            serving.set(worker);
            if (Uris.scheme(locks).equals("memory")) {
                LOG.warn(
                        "locks of memory: exclude nobody outside of this process, and their tokens begin again with it: run no other worker on this store, and use it no longer than this process");
            }
            LOG.info(
                    "worker {} is ready: {}, store {}, locks {}, metrics on http://{}:{}/metrics",
                    worker.name(),
                    options.shown(),
                    store.shown(),
                    Uris.withoutSecrets(locks),
                    metricsHost,
                    server.port());
            stop.await();
            LOG.info("worker {} drains, for {} at most", worker.name(), Ranges.text(options.drain()));
            boolean ended = worker.drain(options.drain());
            LOG.info(
                    "worker {} stops, {}",
                    worker.name(),
                    ended ? "nothing is under way" : "what is still under way is given back");
            failure = worker.failure();
        }
        LOG.info("stopped");
        return failure.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static boolean isWell(@Nullable Worker worker) {
        return worker != null && worker.failure().isEmpty();
    }
}
