package io.fencepost.scheduler.job;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What is to be done when a job is due. The payload is the job's, see {@link JobSpec#payload()}. */
public sealed interface Work {
    /**
     * A request over HTTP with the payload as its body; done if the answer is 2xx. The fencing token goes with it, as header {@code Fencing-Token}, the id and the run as
     * {@code Job-Id} and {@code Job-Run}. Workers call only hosts that their operator allows.
     *
     * @param uri absolute, {@code http} or {@code https}
     * @param method {@code GET}, {@code POST}, {@code PUT}, {@code PATCH} or {@code DELETE}
     * @param headers beside those that are always sent
     */
    record HttpCall(URI uri, String method, Map<String, String> headers) implements Work {
        private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

        /** @throws IllegalArgumentException if the URI is not absolute or not HTTP, or the method is not one of those above */
        public HttpCall {
            headers = Map.copyOf(headers);
            method = method.toUpperCase(Locale.ROOT);
            String scheme = uri.getScheme();
            if (uri.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
                throw new IllegalArgumentException(
                        "the uri of an HTTP call is absolute, with http or https and a host, not '" + uri + "'");
            }
            if (!METHODS.contains(method)) {
                throw new IllegalArgumentException(
                        "the method of an HTTP call is GET, POST, PUT, PATCH or DELETE, not '" + method + "'");
            }
        }
    }

    /**
     * A program with the payload as its standard input; done if it exits with 0. It finds the fencing token in {@code FENCEPOST_TOKEN}, the id and the run in
     * {@code FENCEPOST_JOB} and {@code FENCEPOST_RUN}. No shell is involved. Workers run commands only where their operator allows it.
     *
     * @param arguments the program and its arguments; at least the program
     */
    record Command(List<String> arguments) implements Work {
        /** @throws IllegalArgumentException if there is no program */
        public Command {
            arguments = List.copyOf(arguments);
            if (arguments.isEmpty() || arguments.get(0).isBlank()) {
                throw new IllegalArgumentException("a command names a program, not " + arguments);
            }
        }
    }

    /**
     * A Java handler that the worker finds by {@link java.util.ServiceLoader}.
     *
     * @param handler its name
     */
    record HandlerCall(String handler) implements Work {
        /** @throws IllegalArgumentException if the name is blank */
        public HandlerCall {
            if (handler.isBlank()) {
                throw new IllegalArgumentException("a handler has a name, not '" + handler + "'");
            }
        }
    }
}
