package io.fencepost.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Kills clients of a store at random moments and looks at what they left. */
public final class Crashes {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Crashes() {}

    /**
     * Everything that was acknowledged is there, and no history has a gap.
     *
     * @param uri of a store that nobody else uses
     * @param kills how many clients are killed, one after the other
     */
    public static void survives(String uri, int kills, long seed) throws Exception {
        Random random = new Random(seed);
        Map<JobId, Integer> acknowledged = new HashMap<>();
        for (int kill = 0; kill < kills; kill++) {
            run(uri, 20 + random.nextInt(60), random.nextInt(5_000_000), acknowledged);
        }
        try (JobStore store = JobStores.open(uri)) {
            acknowledged.forEach((id, step) -> check(store, id, step));
            // what was begun by the dead can be found, and so can what was not begun
            Set<JobId> open = new HashSet<>();
            List<Job> all = new ArrayList<>();
            for (JobState state : JobState.values()) {
                JobStore.Filter filter = new JobStore.Filter(Optional.empty(), Optional.of(state));
                Optional<JobId> after = Optional.empty();
                while (true) {
                    List<Job> page = store.list(filter, after, 1000);
                    all.addAll(page);
                    if (page.size() < 1000) {
                        break;
                    }
                    after = Optional.of(page.get(999).id());
                }
            }
            for (Job job : all) {
                if (!job.state().isFinal()) {
                    open.add(job.id());
                }
                assertThat(store.history(job.id())).hasSize((int) job.events());
            }
            assertThat(all).extracting(Job::id).containsAll(acknowledged.keySet());
            Instant later = Instant.now().plusSeconds(3600);
            assertThat(store.due(later, later, 1000)).extracting(DueJob::id).containsAll(open);
        }
        assertThat(acknowledged).as("the clients did something").hasSizeGreaterThan(kills);
    }

    private static void check(JobStore store, JobId id, int step) {
        Job job = store.find(id).orElseThrow(() -> new AssertionError(id + " is lost after step " + step));
        List<JobEvent> history = store.history(id);
        assertThat(history).hasSizeGreaterThanOrEqualTo(step).hasSize((int) job.events());
        assertThat(history)
                .extracting(JobEvent::number)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, history.size())
                        .mapToObj(n -> (long) n)
                        .toList());
        assertThat(history.get(history.size() - 1).state()).isEqualTo(job.state());
        if (step == 3) {
            assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        }
    }

    private static void run(String uri, int steps, int moreNanos, Map<JobId, Integer> acknowledged) throws Exception {
        Process client = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        CrashingClient.class.getName(),
                        uri)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            AtomicInteger seen = new AtomicInteger();
            CountDownLatch enough = new CountDownLatch(1);
            List<String> lines = new ArrayList<>();
            Thread reader = new Thread(() -> read(client, lines, seen, steps, enough));
            reader.start();
            assertThat(enough.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the client gets going; it said %s lines", seen.get())
                    .isTrue();
            TimeUnit.NANOSECONDS.sleep(moreNanos);
            client.destroyForcibly().waitFor();
            reader.join();
            for (String line : lines) {
                if (line.matches("[123] \\S{36}")) {
                    acknowledged.merge(new JobId(line.substring(2)), line.charAt(0) - '0', Math::max);
                }
            }
        } finally {
            client.destroyForcibly().waitFor();
        }
    }

    private static void read(Process client, List<String> lines, AtomicInteger seen, int steps, CountDownLatch enough) {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null) {
                lines.add(line);
                if (seen.incrementAndGet() >= steps) {
                    enough.countDown();
                }
                line = out.readLine();
            }
        } catch (IOException e) {
            // the end of a killed process
        }
    }
}
