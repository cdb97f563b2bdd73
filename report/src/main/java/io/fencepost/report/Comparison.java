package io.fencepost.report;

import io.fencepost.report.Expectations.Metric;
import io.fencepost.report.Expectations.Scenario;
import io.fencepost.report.Expectations.Target;
import io.fencepost.report.Measurement.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The measurements of a run laid out provider beside provider, held against what a complete run must have.
 *
 * @param providers in the order of the columns
 * @param conformance what the conformance kit found, if the run has that
 * @param chaos what chaos came to, if the run has that
 * @param problems what is missing, or cannot be right, the rules that failed, and the runs of chaos that are not valid
 * @param violations what was counted that no lock may do
 */
record Comparison(
        RunEnvironment environment,
        List<String> providers,
        List<Section> sections,
        List<Verdict> verdicts,
        List<Exclusion> exclusions,
        Optional<Conformance> conformance,
        Optional<Chaos> chaos,
        List<String> problems,
        List<String> violations) {

    /** One scenario. */
    record Section(String name, String explanation, List<Row> rows) {
        Cell cell(String metric, int provider) {
            return rows.stream()
                    .filter(row -> row.metric().equals(metric))
                    .findFirst()
                    .map(row -> row.cells().get(provider))
                    .orElse(new NotMeasured());
        }
    }

    /** One metric: a cell for each provider. */
    record Row(String metric, Unit unit, List<Cell> cells) {}

    sealed interface Cell permits Measured, Missing, NotMeasured {
        default Optional<Measurement> measurement() {
            return Optional.empty();
        }
    }

    /** @param violation whether this counts something that must not happen */
    record Measured(Measurement measured, boolean violation) implements Cell {
        @Override
        public Optional<Measurement> measurement() {
            return Optional.of(measured);
        }
    }

    /** @param found what stands there instead of a believable value; empty if nothing does */
    record Missing(String found) implements Cell {}

    /** Nobody asked this provider for it. */
    record NotMeasured() implements Cell {}

    /** A speed target and how the provider did. */
    record Verdict(Target target, Optional<String> rawCall, Optional<Measurement> ratio) {
        boolean reached() {
            return ratio.filter(r -> r.value() <= target.limit()).isPresent();
        }

        /** Whether the limit lies within the interval, so that another run may well say the opposite. */
        boolean close() {
            return ratio.flatMap(Measurement::interval)
                    .filter(i -> i.contains(target.limit()))
                    .isPresent();
        }
    }

    /**
     * What the grants of one provider say about exclusion, over all its scenarios.
     *
     * @param checked the scenarios whose grants were checked
     * @param uncounted those of them that do not say how many grants they checked
     * @param complete whether every scenario that must be checked was; no scenario need be for a provider without any
     */
    record Exclusion(
            String provider,
            long doubleHolders,
            long tokenViolations,
            long grants,
            List<String> checked,
            List<String> uncounted,
            boolean complete) {
        boolean held() {
            return doubleHolders == 0 && tokenViolations == 0;
        }
    }

    static Comparison of(Run run) {
        return new Builder(run).build();
    }

    /** Those of the {@link #problems} that are rules which failed. */
    List<String> failedRules() {
        return conformance.map(Conformance::failures).orElse(List.of());
    }

    /** Those of the {@link #problems} that are runs of chaos which are not valid. */
    List<String> failedRuns() {
        return chaos.map(Chaos::failures).orElse(List.of());
    }

    Optional<Section> section(String scenario) {
        return sections.stream().filter(s -> s.name().equals(scenario)).findFirst();
    }

    private static final class Builder {
        private final RunEnvironment environment;
        private final Results results;
        private final Optional<Conformance> conformance;
        private final Optional<Chaos> chaos;
        private final List<String> providers;
        private final List<String> problems = new ArrayList<>();
        private final List<String> violations = new ArrayList<>();

        Builder(Run run) {
            this.environment = run.environment();
            this.results = run.results();
            this.conformance = run.conformance();
            this.chaos = run.chaos();
            problems.addAll(run.problems());
            Set<String> names = new TreeSet<>(ProviderOrder.USUAL);
            names.addAll(environment.providers());
            results.all().forEach(m -> names.add(m.subject().provider()));
            this.providers = List.copyOf(names);
        }

        Comparison build() {
            problems.addAll(environment.problems());
            if (providers.isEmpty()) {
                problems.add("no provider was measured");
            }
            providers.forEach(this::checkPromises);
            List<Section> sections = new ArrayList<>();
            for (Scenario scenario : Expectations.SCENARIOS) {
                sections.add(section(scenario));
            }
            sections.addAll(unexpectedSections());
            List<Verdict> verdicts = Expectations.TARGETS.stream()
                    .filter(target -> providers.contains(target.provider()))
                    .map(target -> verdict(target, sections))
                    .toList();
            List<Exclusion> exclusions = providers.stream()
                    .map(provider -> exclusion(provider, sections))
                    .toList();
            conformance.ifPresent(found -> problems.addAll(found.failures()));
            chaos.ifPresent(found -> problems.addAll(found.failures()));
            return new Comparison(
                    environment,
                    providers,
                    List.copyOf(sections),
                    verdicts,
                    exclusions,
                    conformance,
                    chaos,
                    List.copyOf(problems),
                    List.copyOf(violations));
        }

        private void checkPromises(String provider) {
            for (String promise : List.of("guarantee", "fencing")) {
                if (environment.promise(provider, promise).isEmpty()) {
                    problems.add(provider + ": its " + promise + " is missing in " + RunEnvironment.FILE);
                }
            }
            if (Expectations.target(provider).isPresent()
                    && environment.floor(provider).isEmpty()) {
                problems.add(provider + ": its raw call is missing under floors in " + RunEnvironment.FILE);
            }
        }

        private Section section(Scenario scenario) {
            List<Row> rows = new ArrayList<>();
            Set<String> expected = new LinkedHashSet<>();
            for (Metric metric : scenario.metrics()) {
                expected.add(metric.name());
                List<Cell> cells = providers.stream()
                        .map(provider -> expectedCell(provider, scenario, metric))
                        .toList();
                rows.add(new Row(metric.name(), metric.unit(), cells));
            }
            rows.addAll(unexpectedRows(scenario.name(), expected));
            return new Section(scenario.name(), scenario.explanation(), List.copyOf(rows));
        }

        private Cell expectedCell(String provider, Scenario scenario, Metric metric) {
            Subject subject = new Subject(provider, scenario.name(), metric.name());
            Optional<Measurement> found = results.find(provider, scenario.name(), metric.name());
            if (found.isEmpty()) {
                if (!Expectations.demanded(provider, scenario)) {
                    return new NotMeasured();
                }
                problems.add(subject + " is missing");
                return new Missing("");
            }
            Measurement measurement = found.get();
            if (!measurement.unit().convertsTo(metric.unit())) {
                problems.add(subject + " is in " + measurement.unit().symbol() + ", which is no "
                        + metric.unit().symbol());
                return new Missing("in " + measurement.unit().symbol());
            }
            if (measurement.value() == 0 && !metric.mayBeZero()) {
                problems.add(subject + " is 0, which cannot be");
                return new Missing("was 0");
            }
            return cell(measurement.in(metric.unit()));
        }

        private Cell cell(Measurement measurement) {
            Subject subject = measurement.subject();
            if (!Expectations.VIOLATIONS.contains(subject.metric())) {
                return new Measured(measurement, false);
            }
            if (measurement.value() > 0) {
                violations.add(subject + " is " + Numbers.format(measurement.value(), measurement.unit()));
                return new Measured(measurement, true);
            }
            if (measurement.n().equals(OptionalLong.of(0))) {
                problems.add(subject + " is 0 of 0 grants, which says nothing");
                return new Missing("no grants");
            }
            return new Measured(measurement, false);
        }

        /** What somebody measured beyond the expected: shown, not dropped. */
        private List<Section> unexpectedSections() {
            Set<String> names = new LinkedHashSet<>();
            results.all().forEach(m -> names.add(m.subject().scenario()));
            Expectations.SCENARIOS.forEach(s -> names.remove(s.name()));
            return names.stream()
                    .map(name -> new Section(name, "not among the usual scenarios", unexpectedRows(name, Set.of())))
                    .toList();
        }

        private List<Row> unexpectedRows(String scenario, Set<String> expected) {
            Map<String, Unit> metrics = new LinkedHashMap<>();
            results.all().stream()
                    .filter(m -> m.subject().scenario().equals(scenario))
                    .filter(m -> !expected.contains(m.subject().metric()))
                    .forEach(m -> metrics.putIfAbsent(m.subject().metric(), m.unit()));
            List<Row> rows = new ArrayList<>();
            metrics.forEach((metric, unit) -> {
                List<Cell> cells = providers.stream()
                        .map(provider -> unexpectedCell(provider, scenario, metric, unit))
                        .toList();
                rows.add(new Row(metric, unit, cells));
            });
            return rows;
        }

        private Cell unexpectedCell(String provider, String scenario, String metric, Unit unit) {
            Optional<Measurement> found = results.find(provider, scenario, metric);
            if (found.isPresent() && !found.get().unit().convertsTo(unit)) {
                problems.add(found.get().subject() + " is in "
                        + found.get().unit().symbol() + ", with another provider in " + unit.symbol());
                return new Missing("in " + found.get().unit().symbol());
            }
            return found.map(m -> cell(m.in(unit))).orElseGet(NotMeasured::new);
        }

        private Verdict verdict(Target target, List<Section> sections) {
            Optional<Measurement> ratio = sections.stream()
                    .filter(s -> s.name().equals(Expectations.FLOOR))
                    .flatMap(s ->
                            s.cell(Expectations.RATIO, providers.indexOf(target.provider())).measurement().stream())
                    .findFirst();
            return new Verdict(target, environment.floor(target.provider()), ratio);
        }

        private Exclusion exclusion(String provider, List<Section> sections) {
            int column = providers.indexOf(provider);
            Map<String, Long> totals = new HashMap<>();
            List<String> checked = new ArrayList<>();
            List<String> uncounted = new ArrayList<>();
            boolean complete = true;
            long grants = 0;
            for (Section section : sections) {
                for (String metric : Expectations.VIOLATIONS) {
                    Cell cell = section.cell(metric, column);
                    cell.measurement().ifPresent(m -> totals.merge(metric, (long) Math.ceil(m.value()), Long::sum));
                    complete &= !(cell instanceof Missing);
                }
                if (Expectations.VIOLATIONS.stream()
                        .anyMatch(metric ->
                                section.cell(metric, column).measurement().isPresent())) {
                    checked.add(section.name());
                    OptionalLong counted = grantsChecked(section, column);
                    grants += counted.orElse(0);
                    if (counted.isEmpty()) {
                        uncounted.add(section.name());
                    }
                }
            }
            return new Exclusion(
                    provider,
                    totals.getOrDefault(Expectations.DOUBLE_HOLDERS, 0L),
                    totals.getOrDefault(Expectations.TOKEN_VIOLATIONS, 0L),
                    grants,
                    List.copyOf(checked),
                    List.copyOf(uncounted),
                    complete);
        }

        /** What the count of double holders says that it stands on; else the scenario's own count of grants. */
        private static OptionalLong grantsChecked(Section section, int column) {
            Optional<Measurement> doubles =
                    section.cell(Expectations.DOUBLE_HOLDERS, column).measurement();
            if (doubles.isPresent() && doubles.get().n().isPresent()) {
                return doubles.get().n();
            }
            return section.cell(Expectations.GRANTS, column)
                    .measurement()
                    .map(m -> OptionalLong.of((long) m.value()))
                    .orElse(OptionalLong.empty());
        }
    }
}
