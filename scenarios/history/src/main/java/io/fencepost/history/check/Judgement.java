package io.fencepost.history.check;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fencepost.history.Expectation;
import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What all checkers say of a run, together with what was expected of it. The same history and facts always give the same judgement.
 *
 * <p>The overall verdict is the worst of all. What a scenario brings about on purpose is excused where {@code run.json} allows or expects it: two holders at a time (K1, K3,
 * K4), if it came about while one of the faults was in force that bring it about ({@code exposing_faults}), and tokens that repeat or go down (K2, K4, K5) if the backend was made to forget with the provider's guard off. What was expected and not seen makes the verdict
 * unknown: the scenario showed less than it was to show.
 *
 * @param overall the worst verdict
 * @param scenario that was run
 * @param provider that it was run on
 * @param seed of the run
 * @param checks K0 to K9
 * @param expectations what was expected of exposure, and what was seen
 * @param metrics figures of the history
 * @param events how many events were judged
 * @param grants how many grants were judged
 * @param durationMs from the first event to the last
 */
public record Judgement(
        Result overall,
        String scenario,
        String provider,
        long seed,
        List<Check> checks,
        List<Expected> expectations,
        Metrics metrics,
        int events,
        int grants,
        double durationMs) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public Judgement {
        checks = List.copyOf(checks);
        expectations = List.copyOf(expectations);
    }

    /** K0 to K9. */
    public static List<Checker> checkers() {
        return List.of(
                new RecordChecker(),
                new ExclusionChecker(),
                new TokenChecker(),
                new EarlyGrantChecker(),
                new LeaseMutexChecker(),
                new FencedStoreChecker(),
                new LivenessChecker(),
                new CoverageChecker(),
                new FaultChecker(),
                new CleanChecker());
    }

    /**
     * Judges a saved run and writes its {@code verdict.json}.
     *
     * @throws IOException if run.json or the history cannot be read, or the verdict cannot be written
     */
    public static Judgement of(RunFolder folder) throws IOException {
        Judgement judgement = judge(folder.readHistory(), folder.readFacts());
        Files.writeString(folder.verdict(), judgement.toJson());
        return judgement;
    }

    /** Reads the {@code verdict.json} of a run that was judged before. */
    public static Judgement read(RunFolder folder) throws IOException {
        return MAPPER.readValue(Files.readString(folder.verdict()), Judgement.class);
    }

    /** Judges a history. */
    public static Judgement judge(History history, RunFacts facts) {
        return judge(history, facts, checkers());
    }

    static Judgement judge(History history, RunFacts facts, List<Checker> checkers) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Checker checker : checkers) {
            verdicts.add(check(checker, history, facts));
        }
        Allowances allowances = Allowances.of(facts);
        List<Check> checks = new ArrayList<>();
        for (int i = 0; i < checkers.size(); i++) {
            checks.add(allowances.apply(checkers.get(i), verdicts.get(i)));
        }
        Metrics.Exposure exposure = new Metrics.Exposure(
                (int) metric(checks, ExclusionChecker.DOUBLE_HOLDERS),
                metric(checks, ExclusionChecker.OVERLAP_MS),
                (long) metric(checks, FencedStoreChecker.TWIN_LOST));
        List<Expected> expectations = allowances.compare(exposure, verdicts);
        Result overall = Result.VALID;
        for (Check check : checks) {
            overall = overall.worse(check.verdict());
        }
        for (Expected expected : expectations) {
            overall = overall.worse(expected.verdict());
        }
        return new Judgement(
                overall,
                facts.scenario(),
                facts.provider(),
                facts.seed(),
                checks,
                expectations,
                Metrics.of(history, exposure),
                history.events().size(),
                history.grants().values().stream().mapToInt(List::size).sum(),
                Text.toMillis(history.end() - history.start()));
    }

    private static double metric(List<Check> checks, String name) {
        for (Check check : checks) {
            Number value = check.metrics().get(name);
            if (value != null) {
                return value.doubleValue();
            }
        }
        return 0;
    }

    private static Verdict check(Checker checker, History history, RunFacts facts) {
        try {
            return checker.check(history, facts);
        } catch (RuntimeException e) {
            Findings findings = new Findings();
            findings.unknown("the checker failed: " + e);
            return findings.verdict();
        }
    }

    /** The check of that id. */
    public Optional<Check> check(String id) {
        return checks.stream().filter(check -> check.id().equals(id)).findFirst();
    }

    /** As {@code verdict.json} has it. */
    public String toJson() throws IOException {
        return MAPPER.writeValueAsString(this) + "\n";
    }

    /** What a run excuses. */
    private record Allowances(
            Expectation doubleHolder, Expectation tokenRegression, Expectation twinLosses, boolean refusedTokens) {
        static Allowances of(RunFacts facts) {
            boolean refused = facts.tokenRegression() != Expectation.FORBIDDEN && !facts.isAmnesiaOnPurpose();
            return new Allowances(
                    facts.doubleHolder(),
                    refused ? Expectation.FORBIDDEN : facts.tokenRegression(),
                    facts.twinLosses(),
                    refused);
        }

        private boolean excuses(Finding finding) {
            return switch (finding.kind()) {
                case DOUBLE_HOLDER -> doubleHolder != Expectation.FORBIDDEN;
                case TOKEN_REGRESSION -> tokenRegression != Expectation.FORBIDDEN;
                case UNEXPOSED_DOUBLE_HOLDER, OTHER -> false;
            };
        }

        Check apply(Checker checker, Verdict verdict) {
            Result left = Result.VALID;
            boolean excused = false;
            for (Finding finding : verdict.findings()) {
                if (excuses(finding)) {
                    excused = true;
                } else {
                    left = left.worse(finding.result());
                }
            }
            return new Check(
                    checker.id(),
                    checker.title(),
                    verdict.result(),
                    left,
                    note(excused, left),
                    verdict.found(),
                    verdict.findings(),
                    new TreeMap<>(verdict.metrics()));
        }

        private static String note(boolean excused, Result left) {
            if (!excused) {
                return "";
            }
            return left == Result.VALID
                    ? "this run excuses what was found"
                    : "this run excuses some of what was found, not all";
        }

        List<Expected> compare(Metrics.Exposure exposure, List<Verdict> verdicts) {
            long regressions = verdicts.stream()
                    .mapToLong(verdict -> (long) verdict.metric(Findings.counter(Finding.Kind.TOKEN_REGRESSION)))
                    .max()
                    .orElse(0);
            Expected tokens = compare("token_regression", tokenRegression, regressions);
            if (refusedTokens) {
                tokens = new Expected(
                        tokens.name(),
                        tokens.expected(),
                        tokens.seen(),
                        tokens.verdict().worse(Result.UNKNOWN),
                        "run.json may expect it only with durability '" + RunFacts.LOST_ON_PURPOSE
                                + "' and guard 'off'");
            }
            return List.of(
                    compare("double_holder", doubleHolder, exposure.doubleHolders()),
                    tokens,
                    compare("twin_losses", twinLosses, exposure.twinLost()));
        }

        private static Expected compare(String name, Expectation expectation, long seen) {
            if (expectation == Expectation.FORBIDDEN && seen > 0) {
                return new Expected(name, expectation.json(), seen, Result.INVALID, "seen although it is forbidden");
            }
            if (expectation == Expectation.EXPECTED && seen == 0) {
                return new Expected(name, expectation.json(), seen, Result.UNKNOWN, "less than expected");
            }
            return new Expected(name, expectation.json(), seen, Result.VALID, "");
        }
    }
}
