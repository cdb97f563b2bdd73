package io.fencepost.scheduler.worker;

import io.fencepost.scheduler.job.Work;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What this worker can do. */
final class Performers {
    private final HttpPerformer http;
    private final boolean commands;
    private final Map<String, JobHandler> handlers = new TreeMap<>();

    /** @throws IllegalArgumentException if a handler has no name, or two have the same */
    Performers(Duration httpTimeout, HttpHosts httpHosts, boolean commands, Collection<JobHandler> handlers) {
        this.commands = commands;
        for (JobHandler handler : handlers) {
            String name = handler.name();
            if (name.isBlank()) {
                throw new IllegalArgumentException(
                        "the handler " + handler.getClass().getName() + " has no name");
            }
            JobHandler other = this.handlers.putIfAbsent(name, handler);
            if (other != null) {
                throw new IllegalArgumentException("two handlers have the name '" + name + "': "
                        + other.getClass().getName() + " and "
                        + handler.getClass().getName());
            }
        }
        // last, because its client has threads
        this.http = new HttpPerformer(httpTimeout, httpHosts);
    }

    Performer of(Work work) {
        if (work instanceof Work.HttpCall call) {
            return context -> http.perform(call, context);
        }
        if (work instanceof Work.Command command) {
            return commands
                    ? context -> CommandPerformer.perform(command, context)
                    : context -> {
                        throw new WorkFailedException("this worker is not allowed to run commands");
                    };
        }
        String name = ((Work.HandlerCall) work).handler();
        JobHandler handler = handlers.get(name);
        return context -> {
            if (handler == null) {
                throw new WorkFailedException(
                        "this worker has no handler '" + name + "', only " + String.join(", ", handlers.keySet()));
            }
            handler.handle(context);
            return "";
        };
    }
}
