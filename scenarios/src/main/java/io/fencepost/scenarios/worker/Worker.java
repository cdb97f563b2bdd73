package io.fencepost.scenarios.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The worker's side of a worker process: one lock client that does what the lines of its input say, until they end. */
public final class Worker {
    private final String uri;
    private final BufferedReader in;
    private final EventWriter events;
    private final Map<Long, LoopTask> loops = new HashMap<>();
    private final Map<Long, HoldTask> holds = new HashMap<>();
    private final Map<Long, WorkTask> works = new HashMap<>();
    private final Map<Long, LoadTask> loads = new HashMap<>();
    private final Map<Long, LeasesTask> leases = new HashMap<>();
    private final StoreClient store;

    /**
     * @param uri of the backend
     * @param in {@link Command}s
     * @param out {@link Event}s
     */
    public Worker(String uri, InputStream in, OutputStream out) {
        this.uri = uri;
        this.in = new BufferedReader(new InputStreamReader(in, UTF_8));
        this.events = new EventWriter(out);
        this.store = new StoreClient(events);
    }

    /**
     * Opens the client, works until the end of the input, and closes the client. Blocks all the while.
     *
     * @throws io.fencepost.lock.LockUnavailableException if the backend cannot be reached
     * @throws IOException if the input cannot be read, or is no command
     */
    public void run() throws IOException {
        AttemptClock attempts = new AttemptClock();
        Renewals renewals = new Renewals(attempts);
        try (events;
                LockClient client = LockClients.builder(uri).observer(renewals).open()) {
            Reporter reporter = new Reporter(events, attempts);
            events.writeNow(new Event.Ready(ProcessHandle.current().pid()));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                obey(Wire.command(line), client, reporter, renewals);
            }
            loops.values().forEach(LoopTask::stop);
            holds.values().forEach(HoldTask::letGo);
            works.values().forEach(WorkTask::stop);
            loads.values().forEach(LoadTask::stop);
            leases.values().forEach(LeasesTask::stop);
        }
    }

    private void obey(Command command, LockClient client, Reporter reporter, Renewals renewals) throws IOException {
        if (command instanceof Command.Loop loop) {
            LoopTask task = new LoopTask(loop, client, reporter, events);
            loops.put(loop.task(), task);
            task.start();
        } else if (command instanceof Command.Hold hold) {
            HoldTask task = new HoldTask(hold, client, reporter, events);
            holds.put(hold.task(), task);
            task.start();
        } else if (command instanceof Command.Work work) {
            WorkTask task = new WorkTask(work, client, store, renewals, events);
            works.put(work.task(), task);
            task.start();
        } else if (command instanceof Command.Load load) {
            LoadTask task = new LoadTask(load, client, reporter, events);
            loads.put(load.task(), task);
            task.start();
        } else if (command instanceof Command.KeepLeases keep) {
            LeasesTask task = new LeasesTask(keep, uri, events);
            leases.put(keep.task(), task);
            task.start();
        } else if (command instanceof Command.StoreAnswer answer) {
            store.answered(answer);
        } else if (command instanceof Command.Stop stop && works.containsKey(stop.task())) {
            known(works.get(stop.task()), command).stop();
        } else if (command instanceof Command.Stop stop && loads.containsKey(stop.task())) {
            known(loads.get(stop.task()), command).stop();
        } else if (command instanceof Command.Stop stop && leases.containsKey(stop.task())) {
            known(leases.get(stop.task()), command).stop();
        } else if (command instanceof Command.Stop stop) {
            known(loops.get(stop.task()), command).stop();
        } else if (command instanceof Command.LetGo letGo) {
            known(holds.get(letGo.task()), command).letGo();
        } else {
            events.writeNow(new Event.Clock(System.nanoTime()));
        }
    }

    private static <T> T known(@Nullable T task, Command command) {
        if (task == null) {
            throw new IllegalArgumentException("there is no task for " + command);
        }
        return task;
    }
}
