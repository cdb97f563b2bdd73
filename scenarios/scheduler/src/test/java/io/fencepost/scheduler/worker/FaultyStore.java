package io.fencepost.scheduler.worker;

import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose next calls of a method go wrong as a test wants. */
final class FaultyStore {
    private final Map<String, AtomicInteger> failing = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> losing = new ConcurrentHashMap<>();
    private final Map<String, Throwable> broken = new ConcurrentHashMap<>();
    private final JobStore store;

    FaultyStore(JobStore real) {
        store = (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (proxy, method, arguments) -> {
                    Throwable defect = broken.get(method.getName());
                    if (defect != null) {
                        throw defect;
                    }
                    if (isNext(failing, method.getName())) {
                        throw new StoreException(method.getName() + " did not arrive", new IOException("cut off"));
                    }
                    Object answer;
                    try {
                        answer = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                    if (isNext(losing, method.getName())) {
                        throw new StoreException(
                                "the answer to " + method.getName() + " was lost", new IOException("cut off"));
                    }
                    return answer;
                });
    }

    private static boolean isNext(Map<String, AtomicInteger> counts, String method) {
        AtomicInteger left = counts.get(method);
        return left != null && left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    JobStore store() {
        return store;
    }

    /** The next calls do nothing and fail. */
    void fail(String method, int times) {
        failing.put(method, new AtomicInteger(times));
    }

    /** From now on every call ends so. */
    void breakDown(String method, Throwable defect) {
        broken.put(method, defect);
    }

    /** The next calls take effect and fail. */
    void loseAnswers(String method, int times) {
        losing.put(method, new AtomicInteger(times));
    }
}
