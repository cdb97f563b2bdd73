package io.fencepost.scenarios.chaos;

import io.fencepost.history.check.Judgement;
import io.fencepost.history.check.Result;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one run came to.
 *
 * @param task what was run
 * @param result the verdict; empty if the run was not made
 * @param reason why it was not made, or not carried out; empty otherwise
 * @param judgement what the checkers said; empty if there was nothing to judge
 * @param length how long it took
 */
public record RunRow(
        Campaign.Task task, Optional<Result> result, String reason, Optional<Judgement> judgement, Duration length) {

    static RunRow notRun(Campaign.Task task, String reason) {
        return new RunRow(task, Optional.empty(), reason, Optional.empty(), Duration.ZERO);
    }

    static RunRow failed(Campaign.Task task, String reason, Duration length) {
        return new RunRow(task, Optional.of(Result.UNKNOWN), reason, Optional.empty(), length);
    }

    static RunRow judged(Campaign.Task task, Judgement judgement, Duration length) {
        return new RunRow(task, Optional.of(judgement.overall()), "", Optional.of(judgement), length);
    }

    /** Whether somebody may want to look at it: it is not valid, or two clients held a lock at a time. */
    boolean interesting() {
        return result.filter(Result.VALID::equals).isEmpty() || exposure("double_holder") > 0;
    }

    /** How often something was seen that a perfect lock never shows: {@code double_holder}, {@code token_regression} or {@code twin_losses}. */
    long exposure(String name) {
        return judgement.stream()
                .flatMap(judged -> judged.expectations().stream())
                .filter(expected -> expected.name().equals(name))
                .mapToLong(expected -> expected.seen())
                .sum();
    }

    /** How often the fenced store took what it must not take. */
    long staleWrites() {
        return judgement
                .flatMap(judged -> judged.check("K5"))
                .map(check -> (long) check.found())
                .orElse(0L);
    }

    /** The verdict in a word. */
    String word() {
        return result.map(Result::json).orElse("NOT RUN");
    }

    /** All of it in a line. */
    String line() {
        String what = "%s on %s, seed %d: %s"
                .formatted(
                        task.scenario().id() + " " + task.scenario().name(),
                        task.variant().id(),
                        task.seed(),
                        word().toUpperCase(Locale.ROOT));
        if (!reason.isEmpty()) {
            return what + ", " + reason;
        }
        return what + " after " + length.toSeconds() + " s, "
                + judgement.map(Judgement::grants).orElse(0) + " grants, " + exposures();
    }

    private String exposures() {
        return exposure("double_holder") + " double holders, " + exposure("token_regression")
                + " token regressions, " + exposure("twin_losses") + " updates lost without a fence, " + staleWrites()
                + " with it";
    }

    /** What kept it from being valid, one a line. */
    List<String> findings() {
        return judgement.stream()
                .flatMap(judged -> java.util.stream.Stream.concat(
                        judged.checks().stream()
                                .filter(check -> check.verdict() != Result.VALID)
                                .flatMap(check -> check.findings().stream()
                                        .limit(3)
                                        .map(finding -> check.id() + " " + finding.message())),
                        judged.expectations().stream()
                                .filter(expected -> expected.verdict() != Result.VALID)
                                .map(expected -> expected.name() + ": " + expected.note())))
                .toList();
    }
}
