package io.fencepost.lock.redlock;

import io.fencepost.lock.Subscription;
import io.fencepost.lock.redlock.Watch.News;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Wakes waiters when a lock is released, by what the nodes publish. One connection a node, made when somebody waits for the first time.
 *
 * <p>For speed only: messages get lost with their connection, and waiters also try again by themselves. Thread-safe.
 */
final class WakeUps {
    /** How long a lock is listened to after the last waiter left, since the next one tends to come soon. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private static final int FALLBACK_MIN_MILLIS = 10;
    private static final int FALLBACK_MAX_MILLIS = 50;

    private final Settings settings;
    private final Driver driver;
    private final List<Listener> listeners;
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();
    private volatile boolean used;

    WakeUps(Settings settings, Driver driver) {
        this.settings = settings;
        this.driver = driver;
        this.listeners = IntStream.range(0, settings.addresses().size())
                .mapToObj(i -> new Listener(i, driver.uri(settings.addresses().get(i)), driver, this))
                .toList();
    }

    Subscription on(String name, Runnable wakeUp) {
        used = true;
        listeners.forEach(Listener::connect);
        String channel = settings.channel(name);
        Watch watch;
        boolean late;
        // SUBSCRIBE and UNSUBSCRIBE of a channel must go out in the order in which the map changes
        synchronized (this) {
            Watch existing = watches.get(channel);
            watch = existing == null ? new Watch(listeners.size()) : existing;
            late = watch.add(wakeUp);
            if (existing == null) {
                watches.put(channel, watch);
                listeners.forEach(listener -> listener.subscribe(channel));
            }
        }
        if (late) {
            wakeUp.run();
        }
        return () -> watch.remove(wakeUp, System.nanoTime());
    }

    /** This client is about to ask the nodes for that lock. */
    void attemptStarts(String name) {
        if (used) {
            Watch watch = watches.get(settings.channel(name));
            if (watch != null) {
                watch.attemptStarted();
            }
        }
    }

    /** Channels that a connection just made must listen to. */
    String[] channels() {
        return watches.keySet().toArray(new String[0]);
    }

    void subscribed(int node, String channel) {
        Watch watch = watches.get(channel);
        if (watch != null) {
            watch.subscribed(node).forEach(Runnable::run);
        }
    }

    void disconnected(int node) {
        watches.values().forEach(watch -> watch.unsubscribed(node));
    }

    void released(int node, String channel, String id) {
        Watch watch = watches.get(channel);
        if (watch == null) {
            return;
        }
        News news = watch.released(node, id);
        news.toWake().forEach(Runnable::run);
        if (news.first()) {
            // jittered, so that the waiters of many clients do not come back together
            int millis = ThreadLocalRandom.current().nextInt(FALLBACK_MIN_MILLIS, FALLBACK_MAX_MILLIS + 1);
            driver.after(Duration.ofMillis(millis), () -> watch.overdue(id).forEach(Runnable::run));
        }
    }

    /** Ends subscriptions that nobody uses and makes lost connections anew; to be called a few times a second. */
    void tick() {
        if (!used) {
            return;
        }
        long now = System.nanoTime();
        synchronized (this) {
            watches.entrySet().removeIf(entry -> {
                boolean unused = entry.getValue().isUnused(now, LINGER);
                if (unused) {
                    listeners.forEach(listener -> listener.unsubscribe(entry.getKey()));
                }
                return unused;
            });
        }
        listeners.forEach(Listener::connect);
    }

    /** Subscribes to nothing more. */
    void retire() {
        listeners.forEach(Listener::retire);
    }
}
