package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Each rule can fail: a provider that breaks it does, in that rule, and keeps others beside it. */
class BrokenProvidersTest {
    /**
     * @param suite the broken provider
     * @param fails rules that it breaks
     * @param passes rules near to them that it keeps
     */
    record Expectation(Class<? extends LockProviderTck> suite, Set<String> fails, Set<String> passes) {
        @Override
        public String toString() {
            return suite.getSimpleName() + " fails " + fails;
        }
    }

    static Stream<Expectation> expectations() {
        return Stream.of(
                expect(BrokenProviders.EverybodyIsGranted.class, Set.of("1.1", "1.5"), Set.of("2.1", "5.1")),
                expect(BrokenProviders.TwoGrantsUnderARace.class, Set.of("1.2"), Set.of("1.1", "5.2")),
                expect(BrokenProviders.OneLockForAllNames.class, Set.of("1.4", "1.6"), Set.of("1.1")),
                expect(BrokenProviders.HolderIsLetInAgain.class, Set.of("1.5"), Set.of("1.1", "5.1")),
                expect(BrokenProviders.NameCaseFolded.class, Set.of("1.6"), Set.of("1.1", "1.5")),
                expect(
                        BrokenProviders.TokenRestartsAfterRelease.class,
                        Set.of("2.1", "2.2", "2.5"),
                        Set.of("1.1", "2.4")),
                expect(BrokenProviders.TokenExpiresWithTheLease.class, Set.of("2.4", "2.5"), Set.of("2.1")),
                expect(BrokenProviders.ForcedReleaseDoesNothing.class, Set.of("2.3", "2.7"), Set.of("2.1", "5.2")),
                expect(BrokenProviders.EarlyExpiry.class, Set.of("3.1"), Set.of("1.1", "3.2", "5.1")),
                expect(BrokenProviders.LockHeldForEver.class, Set.of("3.2", "2.4"), Set.of("1.1", "5.1")),
                expect(BrokenProviders.ValidityFromTheAnswer.class, Set.of("3.3"), Set.of("1.1", "3.2")),
                expect(BrokenProviders.RenewIgnoresTheTtl.class, Set.of("3.1", "4.1", "4.5"), Set.of("4.4", "5.1")),
                expect(BrokenProviders.RenewRevives.class, Set.of("4.2", "4.4"), Set.of("4.1", "4.3")),
                expect(BrokenProviders.RenewWithoutOwnerCheck.class, Set.of("4.2", "4.3"), Set.of("4.1", "4.4")),
                expect(BrokenProviders.ReleaseWithoutOwnerCheck.class, Set.of("5.3"), Set.of("5.1", "5.2")),
                expect(BrokenProviders.SecondReleaseLies.class, Set.of("5.2", "5.3"), Set.of("5.1", "5.4")),
                expect(BrokenProviders.ReleaseAnsweredTooSoon.class, Set.of("5.1"), Set.of("1.1")),
                expect(BrokenProviders.QuickReleaseIsLost.class, Set.of("7.4", "8.3"), Set.of("1.1")),
                expect(BrokenProviders.ReleaseOfNothingIsUncertain.class, Set.of("5.2"), Set.of("5.1")),
                expect(BrokenProviders.TryWaitsForTheHolder.class, Set.of("7.1", "7.2"), Set.of("5.1")),
                expect(BrokenProviders.ContentionIsCached.class, Set.of("7.3"), Set.of("5.1")),
                expect(Careless.class, Set.of("8.1", "8.4"), Set.of("8.2")),
                expect(Dialing.class, Set.of(), Set.of("8.1", "8.2", "8.3", "8.4")),
                expect(BrokenProviders.ThreadIsLeaked.class, Set.of("8.2"), Set.of("8.3")),
                expect(BrokenProviders.InspectionIsStale.class, Set.of("10.1"), Set.of("1.1")),
                expect(BrokenProviders.MetadataIsDropped.class, Set.of("10.2"), Set.of("10.1")));
    }

    private static Expectation expect(Class<? extends LockProviderTck> suite, Set<String> fails, Set<String> passes) {
        return new Expectation(suite, fails, passes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("expectations")
    void aBrokenProviderFailsTheRulesThatItBreaks(Expectation expected, @TempDir Path out) throws Exception {
        Set<String> selected = new TreeSet<>(expected.fails());
        selected.addAll(expected.passes());
        Run run = run(expected.suite(), selected, out);

        assertThat(rules(run.conformance(), RuleResult.Verdict.FAILED)).isEqualTo(new TreeSet<>(expected.fails()));
        assertThat(rules(run.conformance(), RuleResult.Verdict.PASSED)).isEqualTo(new TreeSet<>(expected.passes()));
        assertThat(run.conformance().with(RuleResult.Verdict.FAILED))
                .as("every failure has a reason")
                .allSatisfy(result -> assertThat(result.reason()).isNotBlank());
        assertThat(run.results().testEvents().failed().count())
                .isEqualTo(expected.fails().size());
        assertThat(run.output()).contains("failed", expected.suite().getSimpleName());
    }

    @Test
    void aFixtureThatCannotBeOpenedFailsAllRulesThatWouldHaveRun(@TempDir Path out) throws Exception {
        Run run = run(Unopenable.class, Set.of("1.1"), out);
        assertThat(run.conformance().with(RuleResult.Verdict.PASSED)).isEmpty();
        assertThat(run.conformance().with(RuleResult.Verdict.FAILED))
                .hasSize(35)
                .allSatisfy(result -> assertThat(result.reason()).contains("no servers today"));
    }

    static class Unopenable extends LockProviderTck {
        @Override
        protected ProviderFixture fixture() {
            throw new IllegalStateException("no servers today");
        }
    }

    /** Sound; its clients dial a server. */
    static class Dialing extends LockProviderTck {
        String scheme() {
            return "dialing";
        }

        @Override
        protected ProviderFixture fixture() {
            return new UriFixture(getClass().getSimpleName(), scheme() + ":", Duration.ofMillis(250)) {
                @Override
                public Optional<String> uriTo(String address) {
                    return Optional.of(scheme() + "://" + address + "?dial=true&connectTimeout=300ms");
                }

                @Override
                public Duration connectTimeout() {
                    return Duration.ofMillis(300);
                }

                @Override
                public List<MalformedUri> malformedUris() {
                    return List.of(MalformedUri.of(scheme() + ":?connectTimeout=soon", "connectTimeout", "soon"));
                }
            };
        }
    }

    /** Refuses nothing and dials nobody. */
    static class Careless extends Dialing {
        @Override
        String scheme() {
            return "careless";
        }
    }

    record Run(EngineExecutionResults results, Conformance conformance, String output) {}

    /** Runs some rules of a suite inside of this test; its summary is caught. */
    static Run run(Class<? extends LockProviderTck> suite, Set<String> rules, Path out) throws Exception {
        PrintStream stdout = System.out;
        ByteArrayOutputStream caught = new ByteArrayOutputStream();
        System.setOut(new PrintStream(caught, true, StandardCharsets.UTF_8));
        EngineExecutionResults results;
        try {
            results = EngineTestKit.engine("junit-jupiter")
                    .configurationParameter(ConformanceReport.OUT_PARAMETER, out.toString())
                    .selectors(rules.stream()
                            .map(rule -> selectMethod(suite, method(suite, rule)))
                            .toArray(DiscoverySelector[]::new))
                    .execute();
        } finally {
            System.setOut(stdout);
        }
        return new Run(
                results,
                Conformance.read(out.resolve(suite.getSimpleName()).resolve(Conformance.FILE)),
                caught.toString(StandardCharsets.UTF_8));
    }

    private static Method method(Class<?> suite, String rule) {
        List<Method> methods = Arrays.stream(suite.getMethods())
                .filter(method -> method.isAnnotationPresent(Rule.class)
                        && method.getAnnotation(Rule.class).value().equals(rule))
                .toList();
        assertThat(methods).as("tests of rule %s", rule).hasSize(1);
        return methods.get(0);
    }

    private static Set<String> rules(Conformance conformance, RuleResult.Verdict verdict) {
        return conformance.with(verdict).stream()
                .map(result -> result.rule().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
