package io.fencepost.history.page;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A time during which a worker process did not run.
 *
 * @param from in the history's nanoseconds
 * @param to when it ran again, or the end of the history
 */
record Stop(String process, Kind how, long from, long to) {
    /** Why it did not run. */
    enum Kind {
        /** It was stopped, and went on later. */
        PAUSED,
        /** It is gone; another of that name may have been started. */
        KILLED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static List<Stop> of(History history, List<Fault> faults, Set<String> workers) {
        List<Stop> stops = new ArrayList<>();
        for (Event event : history.events()) {
            if (event.process().equals(Op.RUNNER) && event.op().equals(Op.WORKER_KILLED)) {
                String worker = event.text(Field.TARGET, "");
                stops.add(new Stop(worker, Kind.KILLED, event.nanos(), startedAfter(history, worker, event.nanos())));
            }
        }
        for (Fault fault : faults) {
            for (String target : fault.target().split("[,\\s]+", -1)) {
                if (workers.contains(target) && fault.proved()) {
                    addFault(stops, fault, target);
                }
            }
        }
        stops.sort(Comparator.comparingLong(Stop::from));
        return stops;
    }

    private static void addFault(List<Stop> stops, Fault fault, String worker) {
        boolean known = stops.stream()
                .anyMatch(stop -> stop.process().equals(worker)
                        && stop.how() == Kind.KILLED
                        && stop.from() <= fault.to()
                        && stop.to() >= fault.from());
        if (fault.name().contains("pause")) {
            stops.add(new Stop(worker, Kind.PAUSED, fault.from(), fault.to()));
        } else if (fault.name().contains("kill") && !known) {
            stops.add(new Stop(worker, Kind.KILLED, fault.from(), fault.to()));
        }
    }

    private static long startedAfter(History history, String worker, long nanos) {
        return history.events().stream()
                .filter(event -> event.nanos() > nanos
                        && event.process().equals(Op.RUNNER)
                        && event.op().equals(Op.WORKER_STARTED)
                        && event.text(Field.TARGET, "").equals(worker))
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(history.end());
    }
}
