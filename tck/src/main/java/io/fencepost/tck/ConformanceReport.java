package io.fencepost.tck;

import io.fencepost.lock.spi.Capabilities;
import io.fencepost.tck.Conformance.Origin;
import io.fencepost.tck.RuleResult.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/**
 * Records what became of each rule in one run of the suite, writes it to a file and prints a summary when the run ends.
 * A rule without a record was not run; nothing but a test that ended well makes it pass.
 */
final class ConformanceReport implements BeforeAllCallback, BeforeEachCallback, TestWatcher, AfterAllCallback {
    /** The folder of the output, in which each fixture has a folder. */
    static final String OUT_PARAMETER = "fencepost.tck.out";

    private static final String DEFAULT_OUT = "target/tck";
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ConformanceReport.class);
    private static final int REASON_LENGTH = 500;

    /** What is known of one run so far. */
    private static final class Run {
        private final Map<RuleId, Outcome> outcomes = new HashMap<>();
        private long ruleStartedAt;
    }

    private record Outcome(Verdict verdict, String reason, Duration took) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Run.class, new Run());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        run(context).ruleStartedAt = System.nanoTime();
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        record(context, Verdict.PASSED, "");
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        record(context, Verdict.FAILED, cause == null ? "failed without a cause" : reasonOf(cause));
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        record(context, Verdict.NOT_RUN, whyAborted(cause));
    }

    private static String whyAborted(@Nullable Throwable cause) {
        String message = cause == null || cause.getMessage() == null ? "aborted without a reason" : cause.getMessage();
        return message.replaceFirst("^Assumption failed: ", "");
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        // a disabled test has no beforeEach, and so no start
        run(context).ruleStartedAt = System.nanoTime();
        record(context, Verdict.NOT_RUN, reason.orElse("disabled without a reason"));
    }

    private static void record(ExtensionContext context, Verdict verdict, String reason) {
        Run run = run(context);
        Rule rule = context.getRequiredTestMethod().getAnnotation(Rule.class);
        if (rule != null) {
            Class<?> declaredBy = context.getRequiredTestMethod().getDeclaringClass();
            boolean overridden =
                    verdict == Verdict.PASSED && !declaredBy.getPackage().equals(Rule.class.getPackage());
            run.outcomes.put(
                    RuleId.parse(rule.value()),
                    new Outcome(
                            overridden ? Verdict.NOT_RUN : verdict,
                            overridden
                                    ? "the test is not the kit's: " + declaredBy.getName() + " overrides it"
                                    : reason,
                            Timing.since(run.ruleStartedAt)));
        }
    }

    private static Run run(ExtensionContext context) {
        Run run = context.getStore(NAMESPACE).get(Run.class, Run.class);
        if (run == null) {
            throw new IllegalStateException("a rule ran outside of its suite");
        }
        return run;
    }

    private static String reasonOf(Throwable cause) {
        String message = cause.getMessage() == null
                ? cause.getClass().getSimpleName()
                : (cause instanceof AssertionError ? "" : cause.getClass().getSimpleName() + ": ") + cause.getMessage();
        String line = message.replaceAll("\\s+", " ").strip();
        return line.length() <= REASON_LENGTH ? line : line.substring(0, REASON_LENGTH) + "…";
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        LockProviderTck suite = (LockProviderTck) context.getRequiredTestInstance();
        Run run = run(context);
        String provider = suite.fixtureIfKnown()
                .map(ProviderFixture::name)
                .orElseGet(() -> context.getRequiredTestClass().getSimpleName());
        Optional<Outcome> notOpened = context.getExecutionException()
                .filter(e -> suite.contextIfOpen().isEmpty())
                .map(ConformanceReport::ofOpening);
        List<RuleResult> results = RuleCatalogue.all().stream()
                .map(entry -> {
                    Outcome outcome = outcomeOf(run.outcomes.get(entry.id()), notOpened);
                    return new RuleResult(
                            entry.id(), entry.title(), provider, outcome.verdict(), outcome.reason(), outcome.took());
                })
                .toList();
        Origin origin =
                new Origin(Versions.kit(), Versions.lockApi(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Conformance conformance = new Conformance(provider, origin, results);
        Path out = Path.of(context.getConfigurationParameter(OUT_PARAMETER).orElse(DEFAULT_OUT));
        Path file = conformance.write(out.resolve(provider));
        print(conformance, suite.contextIfOpen().map(TckContext::capabilities), file, System.out);
    }

    /** A fixture that aborts says that there is nothing to run on here. */
    private static Outcome ofOpening(Throwable cause) {
        return cause instanceof TestAbortedException
                ? new Outcome(Verdict.NOT_RUN, whyAborted(cause), Duration.ZERO)
                : new Outcome(Verdict.FAILED, "the fixture could not be opened: " + reasonOf(cause), Duration.ZERO);
    }

    private static Outcome outcomeOf(@Nullable Outcome recorded, Optional<Outcome> notOpened) {
        if (recorded != null) {
            return recorded;
        }
        return notOpened.orElseGet(() -> new Outcome(Verdict.NOT_RUN, "not selected in this run", Duration.ZERO));
    }

    private static void print(
            Conformance conformance, Optional<Capabilities> capabilities, Path file, PrintStream out) {
        List<RuleResult> passed = conformance.with(Verdict.PASSED);
        List<RuleResult> failed = conformance.with(Verdict.FAILED);
        List<RuleResult> notRun = conformance.with(Verdict.NOT_RUN);
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "%nFencepost TCK %s: %s (lock API %s)%n",
                conformance.origin().kit(),
                conformance.provider(),
                conformance.origin().api()));
        capabilities.ifPresent(can -> text.append(String.format(
                "  guarantee  %s%n  declares   fencing %s, durable through %s, expiry %s, clocks trusted %s, ttl %s to %s, grace %s, drift %s + %s, handoff %s, %s, %s%n",
                can.guarantee(),
                can.fencing(),
                can.durability(),
                can.expiry(),
                can.clockTrust(),
                can.minTtl(),
                can.maxTtl(),
                can.grace(),
                can.driftRate(),
                can.driftMargin(),
                can.handoffBound(),
                can.fair() ? "fair" : "not fair",
                can.wakeUps() ? "wake-ups" : "no wake-ups")));
        text.append(String.format("  passed %3d %s%n", passed.size(), Conformance.numbers(passed)));
        text.append(String.format("  failed %3d%n", failed.size()));
        failed.forEach(result ->
                text.append(String.format("      %-5s %s: %s%n", result.rule(), result.title(), result.reason())));
        text.append(String.format("  NOT RUN %2d%n", notRun.size()));
        Conformance.byReason(notRun)
                .forEach((reason, results) ->
                        text.append(String.format("      %s: %s%n", Conformance.numbers(results), reason)));
        text.append(String.format("  all of it in %s%n", file));
        out.print(text);
        out.flush();
    }
}
