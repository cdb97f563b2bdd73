package io.fencepost.tck;

import java.util.Map;
import java.util.Objects;

/**
 * How a process of its own opens a client of the same backend: by a URI, with the class path of this process.
 *
 * @param uri of the running backend
 * @param options beside those in the URI; they reach the process by its standard input, not by its command line
 */
public record WorkerSpec(String uri, Map<String, String> options) {
    public WorkerSpec {
        Objects.requireNonNull(uri, "uri");
        options = Map.copyOf(options);
    }
}
