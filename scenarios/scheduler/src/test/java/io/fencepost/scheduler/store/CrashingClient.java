package io.fencepost.scheduler.store;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A process that changes jobs until it is killed, and tells what was acknowledged: a line for each, after the answer. */
public final class CrashingClient {
    private static final int THREADS = 3;

    private CrashingClient() {}

    /** @param arguments the store's URI */
    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        JobStore store = JobStores.open(arguments[0]);
        out.println("OPEN");
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(() -> loop(store, out));
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void loop(JobStore store, PrintStream out) {
        FencingToken token = new FencingToken(1);
        while (true) {
            Instant now = Instant.now();
            Job job = Job.submitted(
                    JobSpec.of(JobId.random(), new Work.HandlerCall("noop"), new byte[100], new Schedule.At(now)),
                    now,
                    now);
            store.submit(List.of(job));
            out.println("1 " + job.id());
            store.begin(job.id(), token, "crash", now);
            out.println("2 " + job.id());
            store.end(job.id(), token, "crash", new Ending.Succeeded(Optional.empty(), ""), now);
            out.println("3 " + job.id());
        }
    }
}
