package io.fencepost.scenarios.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Every fork of a run. Immutable. */
public final class Forks {
    private static final Comparator<Series> ORDER = Comparator.comparing(Series::backend)
            .thenComparing(Series::benchmark)
            .thenComparing(Series::clients)
            .thenComparing(Series::threads)
            .thenComparing(Series::scenario)
            .thenComparing(Series::contestantAsSet);

    private static final Set<String> BY_RATE = Set.of("Contended", "ManyLocks");

    private final Map<Series, List<Fork>> bySeries = new LinkedHashMap<>();

    /** @param forks in any order */
    public Forks(List<Fork> forks) {
        SortedMap<Series, List<Fork>> sorted = new TreeMap<>(ORDER);
        forks.forEach(fork -> sorted.computeIfAbsent(fork.series(), series -> new ArrayList<>())
                .add(fork));
        bySeries.putAll(sorted);
    }

    /** By backend, benchmark, clients, threads and contestant. */
    List<Series> series() {
        return List.copyOf(bySeries.keySet());
    }

    /** The figures of a series, by round; empty if it has none of that metric. */
    SortedMap<Integer, Double> rounds(Series series, Metric metric) {
        SortedMap<Integer, Double> rounds = new TreeMap<>();
        bySeries.getOrDefault(series, List.of())
                .forEach(fork -> Optional.ofNullable(fork.figures().get(metric))
                        .ifPresent(figure -> rounds.put(fork.round(), figure)));
        return rounds;
    }

    /** Grants of some series that broke exclusion or the order of tokens. */
    long violations(Predicate<Series> of) {
        return Math.round(bySeries.entrySet().stream()
                .filter(entry -> of.test(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .mapToDouble(fork -> fork.figures().getOrDefault(Metric.TOKEN_VIOLATIONS, 0.0)
                        + fork.figures().getOrDefault(Metric.DOUBLE_HOLDERS, 0.0))
                .sum());
    }

    /** By what a series is judged: the rate where many want the same, the time of a call elsewhere. */
    Metric primary(Series series) {
        if (BY_RATE.contains(series.benchmark().replaceFirst("[.].*", ""))) {
            return Metric.THROUGHPUT;
        }
        return rounds(series, Metric.P50).isEmpty() ? Metric.MEAN : Metric.P50;
    }

    /** Forks without a result, each with its reason. */
    List<Fork> missing() {
        return bySeries.values().stream()
                .flatMap(List::stream)
                .filter(fork -> !fork.missing().isEmpty())
                .toList();
    }

    /** Series that {@code wanted} takes. */
    List<Series> matching(Predicate<Series> wanted) {
        return bySeries.keySet().stream().filter(wanted).toList();
    }

    /**
     * The figures of the one series that {@code wanted} takes.
     *
     * @param name what to call it where it is missing
     */
    SortedMap<Integer, Double> only(String name, Predicate<Series> wanted, Metric metric) throws NotMeasuredException {
        List<Series> found = matching(wanted);
        if (found.isEmpty()) {
            throw new NotMeasuredException(name + " was not run");
        }
        if (found.size() > 1) {
            throw new NotMeasuredException(name + " is not one but "
                    + found.stream().map(Series::toString).collect(Collectors.joining(", ")));
        }
        SortedMap<Integer, Double> rounds = rounds(found.get(0), metric);
        if (rounds.isEmpty()) {
            throw new NotMeasuredException(name + ": " + reason(found.get(0), metric));
        }
        return rounds;
    }

    /** Why a series has no figure of a metric. */
    String reason(Series series, Metric metric) {
        return bySeries.getOrDefault(series, List.of()).stream()
                .map(Fork::missing)
                .filter(missing -> !missing.isEmpty())
                .distinct()
                .reduce((one, other) -> one + "; " + other)
                .orElse("no fork has " + metric.id());
    }
}
