package io.fencepost.lock.core;

import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LossCause;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an observer throws away from the locks. */
record SafeObserver(LockObserver target) implements LockObserver {
    private static final Logger log = LoggerFactory.getLogger(SafeObserver.class);

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            log.warn("a lock observer failed; what it was told is lost to it", e);
        }
    }

    @Override
    public void attempted(String lock, AttemptResult result, Duration latency) {
        guarded(() -> target.attempted(lock, result, latency));
    }

    @Override
    public void waited(String lock, WaitResult result, Duration wait) {
        guarded(() -> target.waited(lock, result, wait));
    }

    @Override
    public void renewed(String lock, RenewalResult result, Duration latency) {
        guarded(() -> target.renewed(lock, result, latency));
    }

    @Override
    public void released(String lock, Duration hold) {
        guarded(() -> target.released(lock, hold));
    }

    @Override
    public void handedOff(String lock) {
        guarded(() -> target.handedOff(lock));
    }

    @Override
    public void lost(String lock, LossCause cause, Duration hold) {
        guarded(() -> target.lost(lock, cause, hold));
    }

    @Override
    public void queueChanged(String lock, int delta) {
        guarded(() -> target.queueChanged(lock, delta));
    }
}
