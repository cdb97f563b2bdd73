package io.fencepost.scenarios.bench;

import io.fencepost.jmh.run.Configuration;
import io.fencepost.jmh.run.Plan;
import io.fencepost.scenarios.stats.Paired;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which pairs are compared: what an optimisation is worth, with it and without it; each provider of this project with every other contestant that did the same work;
 * and with a server stopped against none. By one metric each, lest the correction for many tests leave nothing.
 */
final class Pairs {
    private final Forks forks;
    private final Map<String, Contestant> contestants;
    private final List<Pair> pairs = new ArrayList<>();

    private Pairs(Forks forks, Map<String, Contestant> contestants) {
        this.forks = forks;
        this.contestants = contestants;
    }

    static List<Pair> of(Forks forks, Map<String, Contestant> contestants) {
        return new Pairs(forks, contestants).all();
    }

    private List<Pair> all() {
        for (Plan.Optimisation optimisation : Plan.optimisations()) {
            for (Series with : forks.matching(series -> is(series, optimisation.with()))) {
                forks.matching(series -> is(series, optimisation.without()))
                        .forEach(without -> add(optimisation.name(), with, without));
            }
        }
        List<Series> all = forks.series();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < all.size(); j++) {
                Series a = all.get(i);
                Series b = all.get(j);
                if (i != j && (differInContestant(a, b, i < j) || differInStoppedNodes(a, b))) {
                    add("", a, b);
                }
            }
        }
        return pairs;
    }

    private static boolean is(Series series, Configuration configuration) {
        return series.benchmark().equals(configuration.benchmark())
                && series.contestant().equals(configuration.contestant())
                && series.clients() == configuration.clients()
                && series.threads() == configuration.threads()
                && series.stoppedNodes() == configuration.stoppedNodes();
    }

    private boolean differInContestant(Series a, Series b, boolean inOrder) {
        return a.backend().equals(b.backend())
                && a.scenario().equals(b.scenario())
                && hasRole(a, Contestant.OURS)
                && !hasRole(b, Contestant.EXPERIMENT)
                && (inOrder || !hasRole(b, Contestant.OURS));
    }

    private boolean hasRole(Series series, String role) {
        return Optional.ofNullable(contestants.get(series.contestant()))
                .map(Contestant::role)
                .filter(role::equals)
                .isPresent();
    }

    private static boolean differInStoppedNodes(Series a, Series b) {
        return a.benchmark().equals(b.benchmark())
                && a.contestantAsSet().equals(b.contestantAsSet())
                && a.clients() == b.clients()
                && a.threads() == b.threads()
                && a.stoppedNodes() > 0
                && b.stoppedNodes() == 0;
    }

    private void add(String optimisation, Series a, Series b) {
        Metric metric = forks.primary(a);
        boolean sameWork = a.scenario().equals(b.scenario());
        Paired.of(positive(forks.rounds(a, metric)), positive(forks.rounds(b, metric)))
                .map(rounds -> new Pair(
                        sameWork ? a.scenario() : a.benchmark(),
                        optimisation,
                        sameWork ? a.contestantAsSet() : a.contestantAsSet() + " " + setting(a),
                        sameWork ? b.contestantAsSet() : b.contestantAsSet() + " " + setting(b),
                        metric,
                        rounds))
                .ifPresent(pairs::add);
    }

    private static String setting(Series series) {
        return series.scenario().substring(series.benchmark().length() + 1);
    }

    private static Map<Integer, Double> positive(Map<Integer, Double> rounds) {
        return rounds.entrySet().stream()
                .filter(round -> round.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
