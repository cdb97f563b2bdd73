package io.fencepost.scheduler.cli;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockObserver;
import io.fencepost.scheduler.dispatch.Dispatch;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.worker.HttpHosts;
import io.fencepost.scheduler.worker.Worker;
import io.fencepost.scheduler.worker.WorkerObserver;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What a worker can be told, the same for all commands that run one. */
final class WorkerOptions {
    private static final int MOST_SLOTS = 1_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Option(
            names = "--name",
            paramLabel = "<name>",
            description = "Of the worker: 1 to 64 letters, digits, '.', '_' and '-', unique among those of the store."
                    + " By default made of the process id and a random part.")
    private @Nullable String name;

    @Option(
            names = "--slots",
            paramLabel = "<number>",
            defaultValue = "8",
            description = "How many jobs it runs at once, 1 to 1000. ${DEFAULT-VALUE} by default.")
    private int slots;

    @Option(
            names = "--ttl",
            paramLabel = "<duration>",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "Of the leases, 1s to 1h: so long after the death of a worker another one may take over."
                    + " Renewed at a third of it. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private Duration ttl;

    @Option(
            names = "--poll",
            paramLabel = "<duration>",
            defaultValue = "500ms",
            converter = DurationConverter.class,
            description = "How long an idle worker waits at most before it looks for due jobs again, 10ms to 1m."
                    + " ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private Duration poll;

    @Option(
            names = "--dispatch",
            paramLabel = "<way>",
            defaultValue = "leaderless",
            converter = DispatchConverter.class,
            description =
                    "leaderless: every worker looks for due jobs and tries their locks. leader: one that is elected does,"
                            + " and gives them to all. The same for all workers of a store. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private Dispatch dispatch;

    @Option(
            names = "--allow-commands",
            description =
                    "Lets jobs run programs of this machine, as the user of this process. Not allowed by default.")
    private boolean allowCommands;

    @Option(
            names = "--http-hosts",
            paramLabel = "<host>,...",
            converter = HttpHostsConverter.class,
            description =
                    "The only hosts that jobs may call over HTTP, by name or address as in their URIs: api.example.com,"
                            + " *.example.com for all names that end so, 10.0.0.7:8080 or [::1]:8080 for one port alone. A job for"
                            + " another host fails and is not tried again; redirects are not followed. By default all but those at"
                            + " link-local addresses, 169.254.0.0/16 and fe80::/10, where clouds keep credentials.")
    private HttpHosts httpHosts = HttpHosts.BUT_LINK_LOCAL;

    @Option(
            names = "--drain",
            paramLabel = "<duration>",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description =
                    "How long jobs that are under way have to end when the worker is stopped, 0s to 1h; those that do not are"
                            + " given back. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private Duration drain;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** @throws ParameterException if a value is not allowed; so that nothing is opened before */
    void check() {
        Ranges.require(spec, "--slots", slots, 1, MOST_SLOTS);
        Ranges.require(spec, "--ttl", ttl, Duration.ofSeconds(1), Duration.ofHours(1));
        Ranges.require(spec, "--poll", poll, Duration.ofMillis(10), Duration.ofMinutes(1));
        Ranges.require(spec, "--drain", drain, Duration.ZERO, Duration.ofHours(1));
        if (name != null && !NAME.matcher(name).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--name is '" + name + "'; allowed are 1 to 64 letters, digits, '.', '_' and '-'");
        }
    }

    /** How long jobs have to end when the process is stopped. */
    Duration drain() {
        return drain;
    }

    /**
     * Opens a lock client whose holder is the worker's name, so that whoever looks at a lock finds the worker.
     *
     * @throws ParameterException if the URI is wrong
     */
    LockClient openLocks(String uri, LockObserver observer) {
        try {
            return LockClients.builder(uri).holder(name()).observer(observer).open();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--locks: " + e.getMessage(), e);
        }
    }

    /** @throws ParameterException if the lock service cannot keep locks for the ttl */
    Worker start(JobStore store, LockClient locks, WorkerObserver observer) {
        try {
            return Worker.builder(store, locks)
                    .name(name())
                    .slots(slots)
                    .ttl(ttl)
                    .poll(poll)
                    .dispatch(dispatch)
                    .allowCommands(allowCommands)
                    .httpHosts(httpHosts)
                    .observer(observer)
                    .start();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "the worker cannot be started so: " + e.getMessage(), e);
        }
    }

    /** What it was told, for the log. */
    String shown() {
        return slots + " slots, ttl " + Ranges.text(ttl) + ", "
                + dispatch.name().toLowerCase(Locale.ROOT) + (allowCommands ? ", commands allowed" : "") + ", HTTP to "
                + httpHosts;
    }

    private String name() {
        if (name == null) {
            name = newName();
        }
        return name;
    }

    private static String newName() {
        return "worker-" + ProcessHandle.current().pid() + "-"
                + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    }

    /** All hosts of the list in one. */
    static final class HttpHostsConverter implements ITypeConverter<HttpHosts> {
        @Override
        public HttpHosts convert(String text) {
            try {
                return HttpHosts.only(List.of(text.split(",", -1)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** By name, in any case. */
    static final class DispatchConverter implements ITypeConverter<Dispatch> {
        @Override
        public Dispatch convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "leaderless" -> Dispatch.LEADERLESS;
                case "leader" -> Dispatch.LEADER;
                default ->
                    throw new TypeConversionException(
                            "'" + text + "' is no way to dispatch; there are leaderless, leader");
            };
        }
    }
}
