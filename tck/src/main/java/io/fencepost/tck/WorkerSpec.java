package io.fencepost.tck;

import java.util.Map;
import java.util.Objects;

/** How a process of its own opens a client of the same backend: by a URI, with the class path of this process. Immutable. */
public final class WorkerSpec {
    private final String uri;
    private final Map<String, String> options;

    private WorkerSpec(String uri, Map<String, String> options) {
        this.uri = Objects.requireNonNull(uri, "uri");
        this.options = Map.copyOf(options);
    }

    /**
     * @param uri of the running backend
     * @param options beside those in the URI, such as a password; they reach the process by its standard input, not by its command line
     */
    public static WorkerSpec of(String uri, Map<String, String> options) {
        return new WorkerSpec(uri, options);
    }

    String uri() {
        return uri;
    }

    Map<String, String> options() {
        return options;
    }

    /** Without the values of the options. */
    @Override
    public String toString() {
        return uri + " with options " + options.keySet();
    }
}
