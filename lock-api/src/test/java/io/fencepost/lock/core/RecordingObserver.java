package io.fencepost.lock.core;

import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LossCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told, a line each. */
final class RecordingObserver implements LockObserver {
    final List<String> told = new ArrayList<>();

    /** Runs in every call. */
    Runnable onCall = () -> {};

    private void note(Object... words) {
        onCall.run();
        told.add(String.join(" ", List.of(words).stream().map(String::valueOf).toList()));
    }

    @Override
    public void attempted(String lock, AttemptResult result, Duration latency) {
        note("attempted", lock, result, latency);
    }

    @Override
    public void waited(String lock, WaitResult result, Duration wait) {
        note("waited", lock, result, wait);
    }

    @Override
    public void renewed(String lock, RenewalResult result, Duration latency) {
        note("renewed", lock, result, latency);
    }

    @Override
    public void released(String lock, Duration hold) {
        note("released", lock, hold);
    }

    @Override
    public void handedOff(String lock) {
        note("handed off", lock);
    }

    @Override
    public void lost(String lock, LossCause cause, Duration hold) {
        note("lost", lock, cause, hold);
    }

    @Override
    public void queueChanged(String lock, int delta) {
        note("queue", lock, delta);
    }
}
