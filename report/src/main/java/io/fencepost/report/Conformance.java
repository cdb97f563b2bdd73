package io.fencepost.report;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * What the conformance kit found, rule by provider.
 *
 * @param rules the title of every rule
 * @param suites one for each provider, in the order of the columns
 */
record Conformance(SortedMap<RuleId, String> rules, List<Suite> suites) {
    Conformance {
        rules = Collections.unmodifiableSortedMap(rules);
        suites = List.copyOf(suites);
    }

    private static final Outcome NO_RESULT =
            new Outcome(Verdict.NOT_RUN, "no result of this rule in " + ConformanceFile.NAME);

    /** The number of a rule: its chapter and its place there. */
    record RuleId(int chapter, int number) implements Comparable<RuleId> {
        private static final Comparator<RuleId> ORDER =
                Comparator.comparingInt(RuleId::chapter).thenComparingInt(RuleId::number);

        @Override
        public int compareTo(RuleId other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return chapter + "." + number;
        }
    }

    /** What became of a rule, and how a cell says it. */
    enum Verdict {
        PASSED("+"),
        FAILED("−"),
        NOT_RUN("NOT RUN"),
        NOT_APPLICABLE("n/a");

        private final String symbol;

        Verdict(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    /** @param reason why it failed or was not run; empty if it passed */
    record Outcome(Verdict verdict, String reason) {}

    /**
     * One run of the kit.
     *
     * @param provider name of the fixture: a provider in one configuration
     * @param kit version of the kit
     * @param api version of the lock API that it ran with
     * @param at when it ended
     * @param outcomes of the rules that it knew
     */
    record Suite(String provider, String kit, String api, Instant at, SortedMap<RuleId, Outcome> outcomes) {
        Outcome outcome(RuleId rule) {
            return outcomes.getOrDefault(rule, NO_RESULT);
        }
    }

    long count(Suite suite, Verdict verdict) {
        return rules.keySet().stream()
                .filter(rule -> suite.outcome(rule).verdict() == verdict)
                .count();
    }

    /** One sentence for each rule that failed. */
    List<String> failures() {
        return suites.stream()
                .flatMap(suite -> rules.entrySet().stream()
                        .filter(rule -> suite.outcome(rule.getKey()).verdict() == Verdict.FAILED)
                        .map(rule -> suite.provider() + ": rule " + rule.getKey() + " failed (" + rule.getValue()
                                + "): " + suite.outcome(rule.getKey()).reason()))
                .toList();
    }

    /** Whether a provider of the comparison, by its scheme, has results: {@code redlock-3} and {@code redlock-5} are of {@code redlock}. */
    boolean covers(String scheme) {
        return suites.stream().anyMatch(suite -> ProviderOrder.isOf(suite.provider(), scheme));
    }
}
