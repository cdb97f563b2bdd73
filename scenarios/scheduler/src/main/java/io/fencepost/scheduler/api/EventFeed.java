package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to jobs, to all who listen: one thread asks the store, as long as anybody does, and hands on what it had not seen.
 *
 * <p>Stores tell of events at or after an instant of the writers' wall clocks, so one that was written late may lie before another that was seen: each time the last {@link #OVERLAP} is read again and
 * what was seen is left out. An event that comes later than that is missed. Memory is bounded everywhere: the store is asked for so many events each time, and the rest is left out and the gap told; a
 * listener that reads too slowly is cut off, and finds its place again by the id of the last event that it read.
 */
final class EventFeed implements AutoCloseable {
    /** How late an event may be written. */
    static final Duration OVERLAP = Duration.ofSeconds(2);

    /** What the first listener gets to see of the past. */
    static final Duration PAST = Duration.ofMinutes(5);

    static final int PAGE = 1000;
    static final int MAX_PAGES = 10;
    static final int REPLAY = 100;
    static final int KEPT = 1000;
    static final int MAX_QUEUED_BYTES = 4 << 20;
    private static final int MAX_SEEN = 5 * PAGE * MAX_PAGES;

    private static final Logger log = LoggerFactory.getLogger(EventFeed.class);

    private final JobStore store;
    private final Clock clock;
    private final int maxListeners;
    private final Duration heartbeat;
    private final String epoch = UUID.randomUUID().toString().substring(0, 8);
    private final ScheduledExecutorService poller;

    // of the poller alone
    private final Set<String> seen = new LinkedHashSet<>();
    private Instant from;
    private boolean failing;
    private long sentNanos = System.nanoTime();

    // guarded by this
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final Deque<Message> kept = new ArrayDeque<>();
    private long numbered;
    private boolean closed;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Message(long number, byte[] text) {}

    EventFeed(JobStore store, ApiOptions options, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.maxListeners = options.maxListeners();
        this.heartbeat = options.heartbeat();
        this.from = clock.instant().minus(PAST);
        this.poller = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "fencepost-api-events");
            thread.setDaemon(true);
            return thread;
        });
        long millis = options.pollEvents().toMillis();
        poller.scheduleWithFixedDelay(this::round, millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * A place among those who listen.
     *
     * @param lastSeen the id of the last event that the client got; empty: it gets the latest
     * @throws Problem 503 if there are too many
     */
    synchronized Listener listen(Optional<String> lastSeen) {
        if (closed || listeners.size() >= maxListeners) {
            throw new Problem(
                            503,
                            "Too many listeners",
                            closed ? "the server stops" : "at most " + maxListeners + " may follow the events at once")
                    .with("Retry-After", "10");
        }
        Listener listener = new Listener();
        listener.offer(("retry: 2000\n: " + listeners.size() + " others listen\n\n").getBytes(UTF_8));
        OptionalLong last = lastSeen.map(this::numberOf).orElse(OptionalLong.empty());
        long after = last.orElse(numbered - REPLAY);
        if (last.isPresent() && !kept.isEmpty() && kept.getFirst().number() > after + 1) {
            listener.offer(gap());
        }
        kept.stream().filter(message -> message.number() > after).forEach(message -> listener.offer(message.text()));
        listeners.add(listener);
        return listener;
    }

    synchronized int listeners() {
        return listeners.size();
    }

    @Override
    public void close() {
        poller.shutdownNow();
        List<Listener> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(listeners);
        }
        all.forEach(Listener::end);
    }

    private OptionalLong numberOf(String id) {
        String prefix = epoch + "-";
        return id.startsWith(prefix) && id.substring(prefix.length()).matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(id.substring(prefix.length())))
                : OptionalLong.empty();
    }

    private void round() {
        try {
            if (listeners() == 0) {
                return;
            }
            poll();
            failing = false;
        } catch (StoreException e) {
            if (!failing) {
                log.warn("the store does not tell what happens; asked again until it does", e);
            }
            failing = true;
        } catch (RuntimeException e) {
            // an exception that leaves a scheduled task ends it for good
            log.error("following the events failed; tried again", e);
        }
        if (System.nanoTime() - sentNanos >= heartbeat.toNanos()) {
            publish(((failing ? ": the store does not answer" : ": heartbeat") + "\n\n").getBytes(UTF_8));
        }
    }

    private void poll() {
        Instant now = clock.instant();
        if (from.isBefore(now.minus(PAST))) {
            from = now.minus(PAST);
        }
        Instant since = from;
        Instant newest = from;
        for (int page = 0; page < MAX_PAGES; page++) {
            List<JobEvent> events = store.recent(since, PAGE);
            for (JobEvent event : events) {
                if (seen.add(event.job() + "/" + event.number())) {
                    publish(event);
                }
                newest = event.at().isAfter(newest) ? event.at() : newest;
            }
            forgetOldest();
            if (events.size() < PAGE) {
                // a writer whose clock is ahead must not hide what others write now
                Instant known = (newest.isAfter(now) ? now : newest).minus(OVERLAP);
                from = known.isAfter(from) ? known : from;
                return;
            }
            Instant last = events.get(events.size() - 1).at();
            since = last.isAfter(since) ? last : since.plusMillis(1);
        }
        from = clock.instant();
        keep(gap());
    }

    private void forgetOldest() {
        var oldest = seen.iterator();
        for (int excess = seen.size() - MAX_SEEN; excess > 0; excess--) {
            oldest.next();
            oldest.remove();
        }
    }

    private void publish(JobEvent event) {
        ObjectNode json = Views.event(event);
        synchronized (this) {
            numbered++;
            keep(("id: " + epoch + "-" + numbered + "\nevent: job\ndata: " + json + "\n\n").getBytes(UTF_8));
        }
    }

    private synchronized void keep(byte[] text) {
        kept.addLast(new Message(numbered, text));
        if (kept.size() > KEPT) {
            kept.removeFirst();
        }
        publish(text);
    }

    private void publish(byte[] text) {
        sentNanos = System.nanoTime();
        List<Listener> all;
        synchronized (this) {
            all = new ArrayList<>(listeners);
        }
        all.forEach(listener -> listener.offer(text));
    }

    private static byte[] gap() {
        return "event: gap\ndata: {\"detail\":\"more happened than can be told; some events are left out\"}\n\n"
                .getBytes(UTF_8);
    }

    private synchronized void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** One client. Never blocks whoever offers. */
    final class Listener extends IteratingCallback {
        // guarded by the queue
        private final Deque<byte[]> queue = new ArrayDeque<>();
        private int queuedBytes;
        private boolean ended;
        private boolean lastSent;
        private boolean cut;

        private volatile @Nullable Request request;
        private volatile @Nullable Response response;
        private volatile @Nullable Callback callback;

        /** Answers; the answer ends when the client goes or the feed is closed. */
        void begin(Request newRequest, Response newResponse, Callback newCallback) {
            newRequest.addFailureListener(this::abort);
            request = newRequest;
            response = newResponse;
            callback = newCallback;
            iterate();
        }

        /** Gives the place back that was not used. */
        void release() {
            remove(this);
        }

        private void offer(byte[] text) {
            boolean tooSlow;
            synchronized (queue) {
                if (cut) {
                    return;
                }
                queue.addLast(text);
                queuedBytes += text.length;
                tooSlow = queuedBytes > MAX_QUEUED_BYTES;
                if (tooSlow) {
                    cut = true;
                    queue.clear();
                    queuedBytes = 0;
                }
            }
            if (tooSlow) {
                cutOff();
            } else if (response != null) {
                iterate();
            }
        }

        /** An abort alone is put off until the write that hangs is over, which is up to the client. */
        private void cutOff() {
            remove(this);
            abort(new IllegalStateException("the client reads too slowly"));
            Request slow = request;
            if (slow != null) {
                slow.getConnectionMetaData().getConnection().getEndPoint().close();
            }
        }

        int queuedBytes() {
            synchronized (queue) {
                return queuedBytes;
            }
        }

        private void end() {
            synchronized (queue) {
                ended = true;
            }
            if (response != null) {
                iterate();
            } else {
                remove(this);
            }
        }

        @Override
        protected Action process() {
            Response out = response;
            if (out == null) {
                return Action.IDLE;
            }
            ByteBuffer next;
            boolean last;
            synchronized (queue) {
                if (lastSent) {
                    return Action.SUCCEEDED;
                }
                if (queue.isEmpty() && !ended) {
                    return Action.IDLE;
                }
                next = ByteBuffer.allocate(queuedBytes);
                queue.forEach(next::put);
                next.flip();
                queue.clear();
                queuedBytes = 0;
                last = ended;
                lastSent = last;
            }
            out.write(last, next, this);
            return Action.SCHEDULED;
        }

        @Override
        protected void onCompleteSuccess() {
            remove(this);
            Callback done = callback;
            if (done != null) {
                done.succeeded();
            }
        }

        @Override
        protected void onCompleteFailure(Throwable cause) {
            remove(this);
            log.debug("a listener of events is gone: {}", cause.toString());
            Callback done = callback;
            if (done != null) {
                done.failed(cause);
            }
        }
    }
}
