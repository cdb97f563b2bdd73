package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.RenewalPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One client in a process of its own, for rules about processes: reads one command a line, as CSV, from standard input, and answers each by one line. Ends with its input. What else it prints
 * is its log.
 */
final class Worker {
    /** What a line that is an answer begins with. */
    static final String ANSWER = "fencepost-tck> ";

    /** What an answer begins with that is none. */
    static final String FAILED = "failed ";

    private final PrintStream out;
    private @Nullable LockClient client;
    private @Nullable Lease lease;

    private Worker(PrintStream out) {
        this.out = out;
    }

    /** Opens the client. */
    static List<String> open(WorkerSpec spec, String holder) {
        List<String> command = new ArrayList<>(List.of("open", holder, spec.uri()));
        spec.options().forEach((name, value) -> command.addAll(List.of(name, value)));
        return command;
    }

    /** Acquires, and answers the token. */
    static List<String> acquire(String name, Duration ttl, RenewalPolicy renewal) {
        return List.of("acquire", name, ttl.toString(), renewal.name());
    }

    /** Answers the state of the lease. */
    static List<String> state() {
        return List.of("state");
    }

    /** Answers what a renewal of the lease came to. */
    static List<String> renew() {
        return List.of("renew");
    }

    /** Answers what a release of the lease came to. */
    static List<String> release() {
        return List.of("release");
    }

    /** Increments the number in a {@link SharedCounter} under the lock, round after round. */
    static List<String> count(String name, Duration ttl, Path folder, int rounds, long seed) {
        return List.of("count", name, ttl.toString(), folder.toString(), Integer.toString(rounds), Long.toString(seed));
    }

    /** The process. */
    public static void main(String[] args) throws IOException {
        // a wait for a lock does not read its input
        ProcessHandle.current()
                .parent()
                .ifPresent(parent ->
                        parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0)));
        Worker worker = new Worker(new PrintStream(System.out, true, UTF_8));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            worker.answer(Csv.parse(line + "\n").get(0));
        }
        // no orderly end: the parent is gone, or wants this one gone
        Runtime.getRuntime().halt(0);
    }

    private void answer(List<String> command) {
        String answer;
        try {
            answer = execute(command);
        } catch (Exception e) {
            e.printStackTrace(out);
            answer = FAILED + e;
        }
        out.println(ANSWER + answer.replaceAll("\\s+", " "));
    }

    private String execute(List<String> command) throws Exception {
        return switch (command.get(0)) {
            case "open" -> openClient(command.subList(1, command.size()));
            case "acquire" ->
                acquireLease(command.get(1), Duration.parse(command.get(2)), RenewalPolicy.valueOf(command.get(3)));
            case "state" -> lease().state().toString();
            case "renew" -> lease().renew().getClass().getSimpleName();
            case "release" -> lease().release().getClass().getSimpleName();
            case "count" ->
                countUp(
                        command.get(1),
                        Duration.parse(command.get(2)),
                        Path.of(command.get(3)),
                        Integer.parseInt(command.get(4)),
                        new Random(Long.parseLong(command.get(5))));
            default -> throw new IllegalArgumentException("unknown command " + command);
        };
    }

    private String openClient(List<String> arguments) {
        LockClients.Builder builder = LockClients.builder(arguments.get(1)).holder(arguments.get(0));
        for (int i = 2; i + 1 < arguments.size(); i += 2) {
            builder.option(arguments.get(i), arguments.get(i + 1));
        }
        client = builder.open();
        return "open";
    }

    private LockClient client() {
        if (client == null) {
            throw new IllegalStateException("no client is open");
        }
        return client;
    }

    private Lease lease() {
        if (lease == null) {
            throw new IllegalStateException("nothing was acquired");
        }
        return lease;
    }

    private String acquireLease(String name, Duration ttl, RenewalPolicy renewal) throws InterruptedException {
        lease = client().lock(name, LockOptions.ttl(ttl).withRenewal(renewal)).acquire();
        return lease.token().toString();
    }

    private String countUp(String name, Duration ttl, Path folder, int rounds, Random random) throws Exception {
        DistributedLock lock = client().lock(name, LockOptions.ttl(ttl));
        SharedCounter counter = new SharedCounter(folder);
        for (int round = 0; round < rounds; round++) {
            try (Lease held = acquireDespiteFaults(lock)) {
                counter.increment(held.token(), random.nextInt(3));
            }
        }
        return "counted";
    }

    private static Lease acquireDespiteFaults(DistributedLock lock) throws InterruptedException {
        while (true) {
            try {
                return lock.acquire();
            } catch (LockUnavailableException | OutcomeUnknownException e) {
                // a busy backend may time out; this is about exclusion alone
            }
        }
    }
}
