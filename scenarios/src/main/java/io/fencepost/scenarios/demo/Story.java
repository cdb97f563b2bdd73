package io.fencepost.scenarios.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.NodeState;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockException;
import io.fencepost.lock.LockState;
import io.fencepost.scheduler.api.ApiServer;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.JobStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the demonstration shows, step by step. Everything it tells is read from where it happened: the history in the store, the lock service, the log of a worker process, its exit code. A step that does not
 * show what it is there for ends the story. For use by one thread.
 */
final class Story {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration STEP_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration UNDER_WAY = Duration.ofMillis(500);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(1);
    private static final Duration HTTP_LIMIT = Duration.ofSeconds(10);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int SHORT_JOBS = 12;
    private static final int SHORT_MILLIS = 200;
    private static final int LONG_MILLIS = 5_000;
    private static final List<String> TENANTS = List.of("alpha", "beta");

    private final DemoOptions options;
    private final Stage stage;
    private final Narrator narrator;
    /** Makes ids new in a store that others use as well. */
    private final String prefix;

    private final List<JobId> submitted = new ArrayList<>();
    private @Nullable String locksUri;
    private @Nullable LockClient locks;
    private @Nullable JobStore store;
    private @Nullable String url;

    private JobId longJob;
    private JobId lateJob;
    private @Nullable DemoWorker victim;
    private @Nullable DemoWorker sleeper;
    private @Nullable FencingToken firstToken;
    private @Nullable FencingToken secondToken;
    private long brokenNanos;
    private long lateNanos;

    Story(DemoOptions options, Stage stage, Narrator narrator) {
        this.options = options;
        this.stage = stage;
        this.narrator = narrator;
        this.prefix = options.store()
                .map(uri -> "demo-"
                        + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x10000, 0x100000)) + "-")
                .orElse("");
        this.longJob = new JobId(prefix + "long");
        this.lateJob = new JobId(prefix + "late");
    }

    private interface Action {
        void run() throws Exception;
    }

    private record Step(String title, Action action) {}

    /**
     * Tells the story until its end or the first step that does not show what it should.
     *
     * @return the titles of the steps that were not seen; empty if all were
     */
    List<String> tell() throws InterruptedException {
        List<Step> steps = new ArrayList<>(List.of(
                new Step("Lock servers", this::startServers),
                new Step("Store, API and page", this::startApi),
                new Step("Two workers, each a process", this::startWorkers),
                new Step("Short jobs of two tenants", this::runShortJobs),
                new Step("A long job", this::beginLongJob),
                new Step("Its worker is killed", this::killHolder),
                new Step("Another worker takes over when the lease has run out", this::awaitTakeover),
                new Step("The job completes, once", this::completeLongJob),
                new Step("A worker is stopped in the middle of a job, for longer than its lease", this::stopHolder),
                new Step(
                        "Another worker takes over from one that still believes itself the holder",
                        this::awaitLateTakeover),
                new Step("The stopped worker goes on, and its late write is refused", this::resumeStale),
                new Step("That job completes, once", this::completeLateJob),
                new Step("The books", this::count)));
        if (!options.keep()) {
            steps.add(new Step("Workers are asked to end", this::endWorkers));
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            narrator.step(i + 1, steps.size(), step.title());
            try {
                step.action().run();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                narrator.notSeen(e instanceof NotSeenException ? String.valueOf(e.getMessage()) : e.toString());
                return steps.subList(i, steps.size()).stream().map(Step::title).toList();
            }
        }
        return List.of();
    }

    /** Where the page is, once there is one. */
    Optional<String> url() {
        return Optional.ofNullable(url);
    }

    // ---- the steps

    private void startServers() {
        long begun = System.nanoTime();
        narrator.say("Starting " + options.provider().id() + " on servers of its own ...");
        Cluster cluster = stage.startCluster();
        String uri = options.provider().uri(cluster.addresses());
        locksUri = uri;
        locks = stage.openLocks(uri);
        narrator.say(cluster.describe());
        narrator.seen("Healthy after " + since(begun) + " at " + String.join(", ", cluster.addresses()) + ".");
    }

    private void startApi() throws Exception {
        JobStore opened = stage.openStore();
        store = opened;
        ApiServer api = stage.startApi(opened);
        String page = "http://127.0.0.1:" + api.port() + "/";
        url = page;
        HttpResponse<String> ready = get(page + "ready");
        if (ready.statusCode() != 200) {
            throw new NotSeenException("GET /ready answers " + ready.statusCode());
        }
        narrator.say("The store is " + options.store().orElse("a file of its own, deleted at the end") + ".");
        narrator.seen("Open " + page + " to watch; " + page + "docs tells how to submit jobs of your own.");
    }

    private void startWorkers() throws Exception {
        long begun = System.nanoTime();
        DemoWorker first = startWorker("worker-1");
        DemoWorker second = startWorker("worker-2");
        awaitReady(first);
        awaitReady(second);
        narrator.seen("worker-1 is process " + first.pid() + ", worker-2 is process " + second.pid() + ", ready after "
                + since(begun) + ".");
        narrator.say(
                "Each job is run under a lease of " + TTL.toSeconds() + " s, which its worker renews every second.");
    }

    private void runShortJobs() throws Exception {
        long begun = System.nanoTime();
        Map<JobId, String> jobs = new LinkedHashMap<>();
        for (int i = 0; i < SHORT_JOBS; i++) {
            String tenant = TENANTS.get(i % TENANTS.size());
            JobId id = new JobId(prefix + tenant + "-" + (i / TENANTS.size() + 1));
            jobs.put(id, sleeping(id, tenant, SHORT_MILLIS));
        }
        submit(jobs);
        Set<JobId> ids = jobs.keySet();
        await(
                SHORT_JOBS + " short jobs done",
                () -> done(ids) + " of " + SHORT_JOBS + " done",
                () -> done(ids) == SHORT_JOBS ? Optional.of(true) : Optional.empty());
        Map<String, Long> byWorker = ids.stream()
                .flatMap(id -> store().history(id).stream())
                .filter(event -> event.kind() == JobEvent.Kind.SUCCEEDED)
                .collect(Collectors.groupingBy(
                        event -> event.worker().orElse("?"), TreeMap::new, Collectors.counting()));
        narrator.seen(SHORT_JOBS + " of " + SHORT_JOBS + " done " + since(begun) + " after they were submitted: "
                + byWorker.entrySet().stream()
                        .map(entry -> entry.getValue() + " by " + entry.getKey())
                        .collect(Collectors.joining(", "))
                + ".");
    }

    private void beginLongJob() throws Exception {
        submit(Map.of(longJob, sleeping(longJob, "alpha", LONG_MILLIS)));
        JobEvent began = awaitEvent(longJob, JobEvent.Kind.BEGAN);
        victim = worker(began);
        firstToken = token(began);
        narrator.seen(longJob + ", " + LONG_MILLIS / 1000 + " s of work, is run by " + victim.name()
                + " with fencing token " + firstToken + ".");
        narrator.say(
                "The lock service says: " + lockOf(longJob).map(Story::inWords).orElse("nobody holds the lock") + ".");
    }

    private void killHolder() throws Exception {
        DemoWorker holder = known(victim);
        // long enough in its work that the lease has been renewed
        letPass("the lease is being renewed", System.nanoTime(), TTL.dividedBy(2));
        if (store().find(longJob).map(Job::state).orElse(JobState.DEAD) != JobState.RUNNING) {
            throw new NotSeenException(longJob + " ended before its worker could be killed");
        }
        brokenNanos = System.nanoTime();
        if (!holder.kill()) {
            throw new NotSeenException("process " + holder.pid() + " survives SIGKILL");
        }
        narrator.seen(
                "SIGKILL for process " + holder.pid() + ": " + holder.name() + " is gone, without a word to anybody.");
        narrator.say("For the store the job is still running. The lock service says: "
                + lockOf(longJob).map(Story::inWords).orElse("nobody holds the lock") + ".");
    }

    private void awaitTakeover() throws Exception {
        secondToken = takeover(longJob, known(victim), known(firstToken), "the kill");
    }

    private void completeLongJob() throws Exception {
        complete(longJob, known(secondToken));
    }

    private void stopHolder() throws Exception {
        DemoWorker third = startWorker("worker-3");
        awaitReady(third);
        narrator.say("worker-3, process " + third.pid() + ", fills the gap.");
        submit(Map.of(lateJob, sleeping(lateJob, "beta", LONG_MILLIS)));
        JobEvent began = awaitEvent(lateJob, JobEvent.Kind.BEGAN);
        sleeper = worker(began);
        firstToken = token(began);
        narrator.say(lateJob + ", " + LONG_MILLIS / 1000 + " s of work, is run by " + sleeper.name()
                + " with fencing token " + firstToken + ".");
        lateNanos = System.nanoTime();
        // into the work, out of the beginning
        letPass("it works", lateNanos, UNDER_WAY);
        stopOutsideOfTheStore(sleeper);
        narrator.seen("SIGSTOP for process " + sleeper.pid() + ": " + sleeper.name() + " is " + sleeper.state()
                + " and knows nothing of it.");
    }

    private void awaitLateTakeover() throws Exception {
        secondToken = takeover(lateJob, known(sleeper), known(firstToken), "the stop");
    }

    private void resumeStale() throws Exception {
        DemoWorker stale = known(sleeper);
        FencingToken old = known(firstToken);
        if (stale.state() != NodeState.PAUSED) {
            throw new NotSeenException(stale.name() + " is not stopped any more, but " + stale.state());
        }
        letPass("until the work that was stopped should have ended", lateNanos, Duration.ofMillis(LONG_MILLIS));
        int before = store().history(lateJob).size();
        int heard = stale.lineCount();
        stale.resume();
        narrator.say("SIGCONT for process " + stale.pid() + ": " + stale.name()
                + " goes on with the job, as if nothing had been.");
        Pattern refusal = Pattern.compile("refused " + Pattern.quote(lateJob.value()) + " a write with token " + old
                + " is stale, the store has accepted token " + secondToken);
        await(
                "the refusal of a write by " + stale.name(),
                () -> "it has not tried to write yet",
                () -> stale.isAlive() ? stale.line(refusal) : fail(stale.name() + " ended: " + stale.lastWords()));
        narrator.say("The log of " + stale.name() + " since then:");
        for (String line : stale.linesAfter(heard)) {
            if (refusal.matcher(line).find()) {
                narrator.seen(line);
            } else {
                narrator.say(line);
            }
        }
        Optional<String> meter = meter(stale, "fencepost_scheduler_refused_total{", "why=\"stale\"");
        meter.ifPresent(text -> narrator.say("From its meters: " + text));
        List<JobEvent> written = store().history(lateJob);
        if (written.stream().skip(before).anyMatch(event -> event.token().equals(Optional.of(old)))) {
            throw new NotSeenException("the history has an entry with the old token after the takeover: " + written);
        }
    }

    private void completeLateJob() throws Exception {
        complete(lateJob, known(secondToken));
    }

    private void count() throws Exception {
        int completions = 0;
        int begins = 0;
        for (JobId id : submitted) {
            List<JobEvent> history = store().history(id);
            long accepted = history.stream()
                    .filter(event -> event.kind() == JobEvent.Kind.SUCCEEDED)
                    .count();
            if (accepted != 1) {
                throw new NotSeenException(id + " has " + accepted + " accepted completions: " + history);
            }
            completions++;
            begins += (int) history.stream().filter(Story::isBegin).count();
        }
        narrator.seen(submitted.size() + " jobs, " + completions + " accepted completions, one each.");
        narrator.say(begins + " begins: " + (begins - completions)
                + " jobs were begun a second time, which no lock can prevent; what came of the first time was"
                + " not accepted.");
    }

    private void endWorkers() throws Exception {
        for (DemoWorker worker : stage.workers()) {
            if (worker.isAlive()) {
                long begun = System.nanoTime();
                worker.terminate();
                Optional<Integer> code = worker.exitCode(STEP_LIMIT);
                if (code.isEmpty() || code.get() != 0) {
                    throw new NotSeenException(worker.name() + " did not end with 0 after SIGTERM, but "
                            + code.map(String::valueOf).orElse("not at all") + "; " + worker.lastWords());
                }
                narrator.seen("SIGTERM for process " + worker.pid() + ": " + worker.name()
                        + " drained, released what it held and ended with 0 after " + since(begun) + ".");
            }
        }
    }

    // ---- what the steps have in common

    /** Waits until another worker has begun the job, and tells how its lease ended meanwhile. */
    private FencingToken takeover(JobId id, DemoWorker from, FencingToken old, String event) throws Exception {
        long[] free = new long[1];
        JobEvent taken = await(
                "a takeover of " + id,
                () -> "the lock service says: "
                        + lockOf(id)
                                .filter(state -> state.token().equals(old))
                                .map(Story::inWords)
                                .orElse("the lease of " + from.name() + " has run out"),
                () -> {
                    if (free[0] == 0
                            && lockOf(id)
                                    .map(LockState::token)
                                    .filter(old::equals)
                                    .isEmpty()) {
                        free[0] = System.nanoTime();
                    }
                    return store().history(id).stream()
                            .filter(Story::isBegin)
                            .filter(begin -> !begin.token().equals(Optional.of(old)))
                            .findFirst();
                });
        Duration took = Duration.ofNanos(System.nanoTime() - brokenNanos);
        FencingToken token = token(taken);
        if (token.compareTo(old) <= 0) {
            throw new NotSeenException("the token of the takeover, " + token + ", is not greater than " + old);
        }
        if (free[0] != 0) {
            narrator.say("The lease of " + from.name() + " was over "
                    + Narrator.seconds(Duration.ofNanos(free[0] - brokenNanos)) + " after " + event + ".");
        }
        narrator.seen(taken.worker().orElse("?") + " took over " + Narrator.seconds(took) + " after " + event
                + ", with the greater token " + token + ".");
        return token;
    }

    /** Waits for the completion, and shows the history. */
    private void complete(JobId id, FencingToken token) throws Exception {
        await(
                "the completion of " + id,
                () -> id + " is "
                        + store().find(id).map(Job::state).map(String::valueOf).orElse("gone"),
                () -> store().find(id).filter(job -> job.state() == JobState.SUCCEEDED));
        List<JobEvent> history = store().history(id);
        for (JobEvent event : history) {
            narrator.say(String.format(
                            Locale.ROOT,
                            "  %d  %-10s  %-8s  %s",
                            event.number(),
                            event.kind(),
                            event.worker().orElse("-"),
                            event.token().map(t -> "token " + t).orElse(""))
                    .stripTrailing());
        }
        List<JobEvent> completions = history.stream()
                .filter(event -> event.kind() == JobEvent.Kind.SUCCEEDED)
                .toList();
        if (completions.size() != 1 || !completions.get(0).token().equals(Optional.of(token))) {
            throw new NotSeenException(
                    "there should be one completion, with token " + token + "; there are " + completions);
        }
        narrator.seen("One accepted completion, with token " + token + ".");
    }

    /**
     * Stops a worker where it does not keep the store from others: a process that is stopped inside of a transaction of an embedded database keeps its file locked. Then it goes on and is stopped again.
     */
    private void stopOutsideOfTheStore(DemoWorker worker) throws Exception {
        long deadline = System.nanoTime() + STEP_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            brokenNanos = System.nanoTime();
            worker.pause();
            CompletableFuture<Void> write = CompletableFuture.runAsync(() -> store().weigh(TENANTS.get(0), 1));
            try {
                write.get(WRITE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException | ExecutionException e) {
                worker.resume();
                narrator.say(worker.name() + " was in the middle of a transaction; it goes on and is stopped again.");
                write.handle((done, failure) -> true).get(WRITE_LIMIT.toMillis() * 10, TimeUnit.MILLISECONDS);
            }
        }
        throw new NotSeenException(worker.name() + " could not be stopped outside of a transaction");
    }

    private DemoWorker startWorker(String name) throws IOException {
        return stage.startWorker(
                name,
                List.of(
                        "--store",
                        stage.storeUri(),
                        "--locks",
                        known(locksUri),
                        "--slots",
                        "4",
                        "--ttl",
                        TTL.toSeconds() + "s",
                        "--poll",
                        "100ms",
                        "--drain",
                        "10s"));
    }

    private void awaitReady(DemoWorker worker) throws Exception {
        await(
                worker.name() + " ready",
                () -> "waiting for " + worker.name(),
                () -> worker.isAlive() ? worker.metrics() : fail(worker.name() + " ended: " + worker.lastWords()));
    }

    /** A job as the API takes it. */
    private static String sleeping(JobId id, String tenant, int millis) {
        return """
            {"id": "%s", "tenant": "%s", "work": {"kind": "handler", "handler": "sleep"}, "payload": "%d"}\
            """.formatted(id, tenant, millis);
    }

    private void submit(Map<JobId, String> jobs) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(known(url) + "api/v1/jobs"))
                .timeout(HTTP_LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[" + String.join(",", jobs.values()) + "]", UTF_8))
                .build();
        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        if (answer.statusCode() != 201) {
            throw new NotSeenException("POST /api/v1/jobs answers " + answer.statusCode() + ": " + answer.body());
        }
        submitted.addAll(jobs.keySet());
    }

    private long done(Set<JobId> ids) {
        return ids.stream()
                .filter(id -> store().find(id)
                        .filter(job -> job.state() == JobState.SUCCEEDED)
                        .isPresent())
                .count();
    }

    private JobEvent awaitEvent(JobId id, JobEvent.Kind kind) throws Exception {
        return await(
                id + " " + kind,
                () -> "nobody has begun " + id + " yet",
                () -> store().history(id).stream()
                        .filter(event -> event.kind() == kind)
                        .max(Comparator.comparingLong(JobEvent::number)));
    }

    private DemoWorker worker(JobEvent event) throws NotSeenException {
        String name = event.worker().orElse("nobody");
        return stage.workers().stream()
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotSeenException(
                        event.job() + " was begun by " + name + ", which is no worker of this demonstration"));
    }

    private static FencingToken token(JobEvent event) throws NotSeenException {
        return event.token().orElseThrow(() -> new NotSeenException("an entry of the history has no token: " + event));
    }

    private static boolean isBegin(JobEvent event) {
        return event.kind() == JobEvent.Kind.BEGAN || event.kind() == JobEvent.Kind.TOOK_OVER;
    }

    /** Who holds the lock of a job; empty also while the lock service does not answer. */
    private Optional<LockState> lockOf(JobId id) {
        try {
            return known(locks).inspect("job/" + id);
        } catch (LockException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String inWords(LockState state) {
        return "held by " + state.holder() + " with token " + state.token()
                + state.remaining()
                        .map(remaining -> ", over in " + Narrator.seconds(remaining) + " unless renewed")
                        .orElse("");
    }

    /** The line of a worker's meters that begins and goes on so; empty if it cannot be had. */
    private Optional<String> meter(DemoWorker worker, String beginning, String part) throws InterruptedException {
        try {
            return get(worker.metrics().orElse("http://127.0.0.1/"))
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(beginning) && line.contains(part))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static HttpResponse<String> get(String address) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address)).timeout(HTTP_LIMIT).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    /** Asks {@code probe} until it has something, and tells meanwhile how it stands. */
    private <T> T await(String what, Supplier<String> standing, Callable<Optional<T>> probe) throws Exception {
        long deadline = System.nanoTime() + STEP_LIMIT.toNanos();
        while (true) {
            Optional<T> found = probe.call();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > deadline) {
                throw new NotSeenException(
                        what + " did not come within " + STEP_LIMIT.toSeconds() + " s; " + standing.get());
            }
            narrator.waiting(standing);
            Thread.sleep(LOOK.toMillis());
        }
    }

    /** Waits until {@code time} has passed since an instant of {@link System#nanoTime}. */
    private void letPass(String standing, long since, Duration time) throws Exception {
        await(
                standing,
                () -> standing,
                () -> System.nanoTime() - since > time.toNanos() ? Optional.of(true) : Optional.empty());
    }

    private static <T> Optional<T> fail(String why) throws NotSeenException {
        throw new NotSeenException(why);
    }

    private JobStore store() {
        return known(store);
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a step before has not been taken");
        }
        return value;
    }

    private static String since(long nanos) {
        return Narrator.seconds(Duration.ofNanos(System.nanoTime() - nanos));
    }
}
