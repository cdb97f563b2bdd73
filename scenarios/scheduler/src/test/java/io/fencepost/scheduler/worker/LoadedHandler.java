package io.fencepost.scheduler.worker;

/** A handler as an application brings it: named in {@code META-INF/services}. */
public final class LoadedHandler implements JobHandler {
    /** For {@link java.util.ServiceLoader}. */
    public LoadedHandler() {}

    @Override
    public String name() {
        return "loaded";
    }

    @Override
    public void handle(JobContext context) {
        context.ensureHeld();
    }
}
