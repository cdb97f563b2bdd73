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
import java.util.Map;
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
     * @param fails rules that it breaks, each with what its failure says of the defect
     * @param passes rules near to them that it keeps
     */
    record Expectation(Class<? extends LockProviderTck> suite, Map<String, String> fails, Set<String> passes) {
        @Override
        public String toString() {
            return suite.getSimpleName() + " fails " + new TreeSet<>(fails.keySet());
        }
    }

    static Stream<Expectation> expectations() {
        return Stream.of(onMemory(), inClients(), inResources(), underFaults(), betweenProcesses())
                .flatMap(list -> list);
    }

    private static Stream<Expectation> onMemory() {
        return Stream.of(
                expect(
                        BrokenProviders.EverybodyIsGranted.class,
                        Map.of("1.1", "is held and was tried by", "1.5", "is held and was tried by"),
                        Set.of("2.1", "5.1")),
                expect(
                        BrokenProviders.TwoGrantsUnderARace.class,
                        Map.of("1.2", "two were inside"),
                        Set.of("1.1", "5.2")),
                expect(
                        BrokenProviders.OneLockForAllNames.class,
                        Map.of("1.4", "is free and should have been granted", "1.6", "should be free; it is taken for"),
                        Set.of("1.1")),
                expect(
                        BrokenProviders.HolderIsLetInAgain.class,
                        Map.of("1.5", "held by the same client, by another attempt"),
                        Set.of("1.1", "5.1")),
                expect(
                        BrokenProviders.LetInAgainAfterTheLeaseIsGone.class,
                        Map.of("1.5", "its own lease expired, and a successor holds"),
                        Set.of("1.1", "5.1")),
                expect(
                        BrokenProviders.NameCaseFolded.class,
                        Map.of("1.6", "should be free; it is taken for"),
                        Set.of("1.1", "1.5")),
                expect(
                        BrokenProviders.TokenRestartsAfterRelease.class,
                        Map.of("2.1", "token", "2.2", "was issued once only", "2.5", "token after release"),
                        Set.of("1.1", "2.4")),
                expect(
                        BrokenProviders.TokenExpiresWithTheLease.class,
                        Map.of("2.4", "token after expiry", "2.5", "token after release and idle time"),
                        Set.of("2.1")),
                expect(
                        BrokenProviders.ForcedReleaseDoesNothing.class,
                        Map.of("2.3", "should have been granted", "2.7", "should have been granted"),
                        Set.of("2.1", "5.2")),
                expect(
                        BrokenProviders.EarlyExpiry.class,
                        Map.of("3.1", "time from the last renewal of a silent holder to the next grant"),
                        Set.of("1.1", "3.2", "5.1")),
                expect(
                        BrokenProviders.LockHeldForEver.class,
                        Map.of("3.2", "should have been granted", "2.4", "should have been granted"),
                        Set.of("1.1", "5.1")),
                expect(
                        BrokenProviders.TtlIsRoundedUp.class,
                        Map.of("3.2", "should have been granted", "3.9", "time from a grant with the shortest ttl"),
                        Set.of("3.1", "5.1")),
                expect(
                        BrokenProviders.LongTtlIsCut.class,
                        Map.of("3.9", "validity with the longest ttl"),
                        Set.of("3.2")),
                expect(
                        BrokenProviders.ValidityFromTheAnswer.class,
                        Map.of("3.3", "validity after an answer that took"),
                        Set.of("1.1", "3.2")),
                expect(
                        BrokenProviders.ValidityIsNeverComputed.class,
                        Map.of(
                                "3.1",
                                "the lease whose lock went to another",
                                "3.3",
                                "validity after an answer that took"),
                        Set.of("1.1", "3.2")),
                expect(
                        BrokenProviders.RenewIgnoresTheTtl.class,
                        Map.of(
                                "3.1", "time from the last renewal of a silent holder to the next grant",
                                "4.1", "renew",
                                "4.5", "renewed automatically"),
                        Set.of("4.4", "5.1")),
                expect(
                        BrokenProviders.RenewalsAddUp.class,
                        Map.of("3.2", "should have been granted"),
                        Set.of("3.1", "4.1")),
                expect(
                        BrokenProviders.RenewRevives.class,
                        Map.of("4.2", "expired, and nobody came", "4.4", "released"),
                        Set.of("4.1", "4.3")),
                expect(
                        BrokenProviders.RenewWithoutOwnerCheck.class,
                        Map.of("4.2", "expired, and taken over", "4.3", "taken over"),
                        Set.of("4.1", "4.4")),
                expect(
                        BrokenProviders.RenewByClient.class,
                        Map.of("4.3", "a later lease of the same client holds it"),
                        Set.of("4.1", "4.4")),
                expect(BrokenProviders.RenewalsQueue.class, Map.of("4.6", "leases lost of 1000"), Set.of("1.1")),
                expect(
                        BrokenProviders.ReleaseWithoutOwnerCheck.class,
                        Map.of("5.3", "release of a lock that a successor holds"),
                        Set.of("5.1", "5.2")),
                expect(
                        BrokenProviders.ReleaseByClient.class,
                        Map.of("5.3", "release of an earlier lease of the same client"),
                        Set.of("5.1", "5.2")),
                expect(
                        BrokenProviders.SecondReleaseLies.class,
                        Map.of("5.2", "Released", "5.3", "release of a lock that a successor holds"),
                        Set.of("5.1", "5.4")),
                expect(
                        BrokenProviders.ReleaseAnsweredTooSoon.class,
                        Map.of("5.1", "is free and should have been granted"),
                        Set.of("1.1")),
                expect(
                        BrokenProviders.QuickReleaseIsLost.class,
                        Map.of(
                                "3.6", "should have been granted",
                                "7.4", "should have been granted",
                                "8.3", "should have been granted"),
                        Set.of("1.1")),
                expect(
                        BrokenProviders.ReleaseOfNothingIsUncertain.class,
                        Map.of("5.2", "Indeterminate"),
                        Set.of("5.1")),
                expect(
                        BrokenProviders.HandoffKeepsThePredecessor.class,
                        Map.of("5.5", "it was handed over"),
                        Set.of("4.3", "5.3")),
                expect(
                        BrokenProviders.HandoffKeepsTheToken.class,
                        Map.of("5.5", "token of the successor in a handoff"),
                        Set.of("2.1", "5.1")),
                expect(
                        BrokenProviders.HandoffWithoutOwnerCheck.class,
                        Map.of("5.5", "the attempt in a handoff by one who was forced out"),
                        Set.of("2.7", "5.3")),
                expect(
                        BrokenProviders.SuccessorKeepsTheEnd.class,
                        Map.of("5.5", "its ttl is longer than its predecessor's"),
                        Set.of("3.1", "3.2")),
                expect(
                        BrokenProviders.BusyClientKeepsTheLock.class,
                        Map.of("7.8", "wanted the same lock without a pause"),
                        Set.of("5.1", "5.5", "7.6")),
                expect(
                        BrokenProviders.TryWaitsForTheHolder.class,
                        Map.of("7.1", "time of a try of a held lock", "7.2", " wait of"),
                        Set.of("5.1")),
                expect(
                        BrokenProviders.ContentionIsCached.class,
                        Map.of("7.3", "time from release to the grant of a waiter"),
                        Set.of("5.1")),
                expect(
                        BrokenProviders.FairByDeclarationOnly.class,
                        Map.of("7.6", "declares to be fair"),
                        Set.of("1.1", "7.3")),
                expect(
                        BrokenProviders.OthersStarve.class,
                        Map.of("7.6", "longest wait of a contender among 6"),
                        Set.of("1.1")),
                expect(
                        BrokenProviders.WakeUpsNeverCome.class,
                        Map.of("7.7", "a client that subscribed is woken"),
                        Set.of("1.1", "5.1")),
                expect(
                        Careless.class,
                        Map.of("8.1", "refusal of an unknown option", "8.4", "what opening careless://"),
                        Set.of("8.2")),
                expect(Dialing.class, Map.of(), Set.of("8.1", "8.2", "8.3", "8.4")),
                expect(BrokenProviders.ThreadIsLeaked.class, Map.of("8.2", "leaked"), Set.of("8.3")),
                expect(
                        BrokenProviders.PromisesChange.class,
                        Map.of("8.5", "what other clients of the same backend are promised"),
                        Set.of("1.1")),
                expect(
                        BrokenProviders.InspectionIsStale.class,
                        Map.of("10.1", "remaining time a while later"),
                        Set.of("1.1")),
                expect(BrokenProviders.MetadataIsDropped.class, Map.of("10.2", "metadata"), Set.of("10.1")));
    }

    private static Stream<Expectation> inClients() {
        return Stream.of(
                expect(
                        BrokenClients.TokenIsReadAgain.class,
                        Map.of("2.3", "token of the thrown-out lease, after a successor came"),
                        Set.of("2.1", "5.1")),
                expect(
                        BrokenClients.DeadlineMovesBeforeTheRenewalSucceeded.class,
                        Map.of("3.4", "is lost", "6.1", "the announcement of the loss"),
                        Set.of("1.1")),
                expect(
                        BrokenClients.RenewalDiesSilently.class,
                        Map.of("4.5", "renewed automatically"),
                        Set.of("1.1", "5.1")),
                expect(
                        BrokenClients.LeaseIsBoundToItsThread.class,
                        Map.of("5.4", "not locked by this thread"),
                        Set.of("5.1", "5.2")),
                expect(
                        BrokenClients.LossIsAnnouncedOnReconnection.class,
                        Map.of("6.1", "the announcement of the loss"),
                        Set.of("3.4")),
                expect(
                        BrokenClients.ReleaseIsAnnouncedAsLoss.class,
                        Map.of("6.2", "announced for a release"),
                        Set.of("5.1", "6.3")),
                expect(
                        BrokenClients.ListenersShareAThread.class,
                        Map.of("6.3", "the announcement beside a blocked listener"),
                        Set.of("6.2")),
                expect(
                        BrokenClients.InterruptLeavesTheQueueEntry.class,
                        Map.of("7.4", "should have been granted"),
                        Set.of("7.1", "7.3")));
    }

    private static Stream<Expectation> inResources() {
        return Stream.of(
                expect(
                        BrokenResources.TokenIsOnlyStored.class,
                        Map.of(
                                "11.1", "a write with an older token, through another view",
                                "11.3", "the write of a holder that was paused beyond its lease",
                                "11.4", "the greatest token accepted before"),
                        Set.of("1.1", "11.2")),
                expect(BrokenResources.ComparesAndThenWrites.class, Map.of("11.4", "token"), Set.of("11.2")),
                expect(
                        BrokenResources.EachClientHasItsOwnFence.class,
                        Map.of(
                                "11.1", "a write with an older token, through another view",
                                "11.3", "the write of a holder that was paused beyond its lease"),
                        Set.of("11.2")),
                expect(
                        BrokenResources.EqualTokensAreRefused.class,
                        Map.of("11.2", "a second write with the same token"),
                        Set.of("1.1", "11.4")),
                expect(
                        BrokenResources.DeletionForgetsTheFence.class,
                        Map.of("11.1", "a write with an older token after a deletion"),
                        Set.of("11.2", "11.3", "11.4")),
                expect(
                        BrokenResources.TokensAreDoubles.class,
                        Map.of("11.1", "a write with a token that is less by one"),
                        Set.of("11.2", "11.3")),
                expect(BrokenResources.KeysAreFolded.class, Map.of("11.2", "orders'"), Set.of("11.3", "11.4")),
                expect(
                        BrokenResources.FenceGoesWithTheLease.class,
                        Map.of("11.3", "when its successor has released"),
                        Set.of("11.1", "11.2", "11.4")));
    }

    private static Stream<Expectation> underFaults() {
        return Stream.of(
                expect(
                        BrokenClusters.FailOverForgets.class,
                        Map.of("1.7", "while server 0 is gone", "2.6", "whose holder's lease outlasts the restart"),
                        Set.of("1.1", "2.1")),
                expect(
                        BrokenClusters.RestartForgets.class,
                        Map.of("2.6", "whose holder's lease outlasts the restart", "9.4", "token after the outage"),
                        Set.of("1.7", "2.5")),
                expect(
                        BrokenClusters.LeasesEndByWallClock.class,
                        Map.of("3.7", "after the clocks of 3 of 3 servers moved by PT1H"),
                        Set.of("3.1", "3.2")),
                expect(
                        BrokenClusters.QueueEntryOutlivesTheSession.class,
                        Map.of("7.5", "the wait of a client that is back, while another one holds"),
                        Set.of("7.3")),
                expect(
                        BrokenClusters.QuorumOfThoseWithinReach.class,
                        Map.of("9.1", "attempt with 2 of 3 servers gone"),
                        Set.of("1.7", "2.6")),
                expect(
                        BrokenClusters.NoTimeLimit.class,
                        Map.of("9.1", "time of an attempt without a quorum, against the operation timeout"),
                        Set.of("1.7")),
                expect(
                        BrokenClusters.SilenceIsContention.class,
                        Map.of(
                                "9.1", "attempt with 2 of 3 servers gone",
                                "9.2", "took effect, and whose answer did not come",
                                "9.5", "whose request did not arrive"),
                        Set.of("9.3")),
                expect(
                        BrokenClusters.TtlIsSetAfterTheAnswer.class,
                        Map.of("9.2", "should have been granted"),
                        Set.of("3.1", "3.2")),
                expect(
                        BrokenClusters.SilenceIsNotHeld.class,
                        Map.of("9.3", "outcome of a release that took effect, and whose answer was lost"),
                        Set.of("5.1", "9.2")),
                expect(
                        BrokenClusters.NeverReconnects.class,
                        Map.of("9.4", "should have been granted"),
                        Set.of("9.2", "9.3")),
                expect(
                        BrokenClusters.LateAttemptIsForgotten.class,
                        Map.of(
                                "9.2", "took effect, and whose answer did not come",
                                "9.5", "lock of an attempt that was answered 'Unavailable"),
                        Set.of("9.3")),
                expect(
                        BrokenClusters.SilenceIsHandedOver.class,
                        Map.of("9.6", "the attempt of a handoff whose request did not arrive"),
                        Set.of("5.5", "9.2", "9.3")),
                expect(
                        BrokenClusters.SuccessorIsForgotten.class,
                        Map.of("9.6", "a successor whose attempt was answered"),
                        Set.of("5.5", "9.5")),
                expect(
                        BrokenClusters.LateReleaseTakesTheCredit.class,
                        Map.of("9.7", "had not arrived when a successor took over"),
                        Set.of("5.2", "5.3", "9.3")));
    }

    private static Stream<Expectation> betweenProcesses() {
        return Stream.of(
                expect(BrokenProcesses.Sound.class, Map.of(), Set.of("1.3", "3.5", "3.8")),
                expect(
                        BrokenProcesses.EveryProcessHasItsOwnLocks.class,
                        Map.of("1.3", "processes that met inside"),
                        Set.of("1.1", "1.2")),
                expect(
                        BrokenProcesses.DeadHolderKeepsItsLock.class,
                        Map.of("3.5", "should have been granted"),
                        Set.of("1.3")),
                expect(
                        BrokenProcesses.PausedHolderFreesItsSuccessor.class,
                        Map.of("3.8", "renewal by the successor, after the paused holder woke up"),
                        Set.of("1.3")));
    }

    private static Expectation expect(
            Class<? extends LockProviderTck> suite, Map<String, String> fails, Set<String> passes) {
        return new Expectation(suite, fails, passes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("expectations")
    void aBrokenProviderFailsTheRulesThatItBreaks(Expectation expected, @TempDir Path out) throws Exception {
        Set<String> selected = new TreeSet<>(expected.fails().keySet());
        selected.addAll(expected.passes());
        Run run = run(expected.suite(), selected, out);

        assertThat(rules(run.conformance(), RuleResult.Verdict.FAILED))
                .isEqualTo(new TreeSet<>(expected.fails().keySet()));
        assertThat(rules(run.conformance(), RuleResult.Verdict.PASSED)).isEqualTo(new TreeSet<>(expected.passes()));
        assertThat(run.conformance().with(RuleResult.Verdict.FAILED))
                .as("every failure names its cause")
                .allSatisfy(result -> assertThat(result.reason())
                        .contains(expected.fails().get(result.rule().toString())));
        assertThat(run.results().testEvents().failed().count())
                .isEqualTo(expected.fails().size());
        assertThat(run.output()).contains("failed", expected.suite().getSimpleName());
    }

    @Test
    void aFixtureThatCannotBeOpenedFailsAllRulesThatWouldHaveRun(@TempDir Path out) throws Exception {
        Run run = run(Unopenable.class, Set.of("1.1"), out);
        assertThat(run.conformance().with(RuleResult.Verdict.PASSED)).isEmpty();
        assertThat(run.conformance().with(RuleResult.Verdict.FAILED))
                .hasSize(RuleCatalogue.all().size())
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
