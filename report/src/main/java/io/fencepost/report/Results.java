package io.fencepost.report;

import io.fencepost.report.Measurement.Subject;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every measurement of one run, found by what was measured on whom. Immutable. */
final class Results {
    private final Map<Subject, Measurement> measurements;

    private Results(Map<Subject, Measurement> measurements) {
        this.measurements = measurements;
    }

    Optional<Measurement> find(String provider, String scenario, String metric) {
        return Optional.ofNullable(measurements.get(new Subject(provider, scenario, metric)));
    }

    /** In the order of the files. */
    Collection<Measurement> all() {
        return measurements.values();
    }

    /** Collects the rows of several files and refuses what contradicts: a second run, a second value of the same thing. */
    static final class Builder {
        private final Map<Subject, Measurement> measurements = new LinkedHashMap<>();
        private final Map<Subject, String> places = new HashMap<>();
        private @Nullable String run;

        /** @param run the name of the run that the rows must be of; if absent, the first row's */
        Builder(Optional<String> run) {
            this.run = run.orElse(null);
        }

        boolean belongs(String rowsRun) {
            if (run == null) {
                run = rowsRun;
            }
            return run.equals(rowsRun);
        }

        String run() {
            return run == null ? "unnamed" : run;
        }

        void add(Measurement measurement, String place) throws ResultsFormatException {
            Subject subject = measurement.subject();
            String first = places.putIfAbsent(subject, place);
            if (first != null) {
                throw new ResultsFormatException(place + ", column 4 (metric): a second value of " + subject.scenario()
                        + "/" + subject.metric() + " of " + subject.provider() + "; the first is in " + first);
            }
            measurements.put(subject, measurement);
        }

        Results build() {
            return new Results(measurements);
        }
    }
}
