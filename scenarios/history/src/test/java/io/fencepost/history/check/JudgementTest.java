package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Expectation;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.HistoryWriter;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import io.fencepost.history.Story;
import io.fencepost.history.Word;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgementTest {
    private static RunFacts.Builder facts() {
        return RunFacts.builder()
                .with("scenario", "S2")
                .with("provider", "redlock")
                .with("seed", 7)
                .fact("takeover_bound_ms", 200);
    }

    private static RunFacts.Builder amnesia() {
        return facts().fact("durability", RunFacts.LOST_ON_PURPOSE).fact("guard", "off");
    }

    /** A holder is killed, another takes over. */
    private static Story good() {
        Story story = new Story();
        story.phase(Word.WARM_UP, 0);
        story.grant("w1", 1, 0, 10).reads(12, 0).writes(15).renewed(50, 55);
        story.phase(Word.FAULT, 60);
        story.killed("w1", 70);
        story.refused("w2", "a", "contended", 20, 90);
        story.grant("w2", 2, 95, 160).reads(165, 1).writes(170).released(180, 190);
        story.phase(Word.FINAL, 300);
        story.grant("w3", 3, 305, 310).released(320, 330);
        return story;
    }

    /** Two holders at a time. */
    private static Story overlapping() {
        Story story = good();
        story.grant("w4", "a", 4, 311, 312, 315, 100).released(330, 335);
        return story;
    }

    /** Tokens that restart. */
    private static Story forgetful() {
        Story story = good();
        story.grant("w4", 1, 340, 345).released(350, 355);
        return story;
    }

    private static Result overall(Story story, RunFacts.Builder facts) {
        return Judgement.judge(story.history(), facts.build()).overall();
    }

    private static Check check(Judgement judgement, String id) {
        return judgement.check(id).orElseThrow();
    }

    @Test
    void findsAGoodRunValid() {
        Judgement judgement = Judgement.judge(good().history(), facts().build());
        assertThat(judgement.checks())
                .allSatisfy(check -> assertThat(check.verdict())
                        .as("%s: %s", check.id(), check.findings())
                        .isEqualTo(Result.VALID));
        assertThat(judgement.checks())
                .extracting(Check::id)
                .containsExactly("K0", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9");
        assertThat(judgement.overall()).isEqualTo(Result.VALID);
        assertThat(judgement.scenario()).isEqualTo("S2");
        assertThat(judgement.provider()).isEqualTo("redlock");
        assertThat(judgement.seed()).isEqualTo(7);
        assertThat(judgement.grants()).isEqualTo(3);
    }

    @Test
    void findsTwoHoldersInvalidUnlessTheyAreAllowed() {
        assertThat(overall(overlapping(), facts())).isEqualTo(Result.INVALID);
        assertThat(overall(overlapping(), facts().doubleHolder(Expectation.ALLOWED)))
                .isEqualTo(Result.VALID);
        assertThat(overall(good(), facts().doubleHolder(Expectation.ALLOWED))).isEqualTo(Result.VALID);
    }

    @Test
    void keepsTheRawVerdictOfWhatIsExpected() {
        Judgement judgement = Judgement.judge(
                overlapping().history(),
                facts().doubleHolder(Expectation.EXPECTED).build());
        for (String id : List.of("K1", "K3", "K4")) {
            assertThat(check(judgement, id).raw()).as(id).isEqualTo(Result.INVALID);
            assertThat(check(judgement, id).verdict()).as(id).isEqualTo(Result.VALID);
            assertThat(check(judgement, id).note()).as(id).isNotEmpty();
        }
        assertThat(judgement.overall()).isEqualTo(Result.VALID);
        assertThat(judgement.expectations().get(0))
                .isEqualTo(new Expected("double_holder", "expected", 1, Result.VALID, ""));
    }

    @Test
    void isUnknownIfLessWasSeenThanExpected() {
        Judgement judgement = Judgement.judge(
                good().history(), facts().doubleHolder(Expectation.EXPECTED).build());
        assertThat(judgement.overall()).isEqualTo(Result.UNKNOWN);
        assertThat(judgement.expectations().get(0).note()).isEqualTo("less than expected");
        assertThat(overall(good(), facts().twinLosses(Expectation.EXPECTED))).isEqualTo(Result.UNKNOWN);
    }

    @Test
    void excusesTokensOnlyAfterAnAmnesiaOnPurpose() {
        assertThat(overall(forgetful(), facts())).isEqualTo(Result.INVALID);
        assertThat(overall(forgetful(), facts().tokenRegression(Expectation.EXPECTED)))
                .isEqualTo(Result.INVALID);
        assertThat(overall(
                        forgetful(),
                        facts().fact("durability", RunFacts.LOST_ON_PURPOSE).tokenRegression(Expectation.EXPECTED)))
                .as("the guard is on")
                .isEqualTo(Result.INVALID);
        assertThat(overall(forgetful(), amnesia())).as("nothing is expected").isEqualTo(Result.INVALID);
        assertThat(overall(forgetful(), amnesia().tokenRegression(Expectation.EXPECTED)))
                .isEqualTo(Result.VALID);
        assertThat(overall(good(), amnesia().tokenRegression(Expectation.EXPECTED)))
                .isEqualTo(Result.UNKNOWN);
        assertThat(overall(good(), facts().tokenRegression(Expectation.ALLOWED)))
                .as("a run that may not expect it")
                .isEqualTo(Result.UNKNOWN);
    }

    @Test
    void neverExcusesTwoHoldersByTokens() {
        assertThat(overall(overlapping(), amnesia().tokenRegression(Expectation.ALLOWED)))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void comparesTheLossesOfTheTwin() {
        Story story = good();
        story.grant("w4", 4, 340, 345).stored(346, 2, 3, Word.ACCEPTED, 5).released(350, 355);
        assertThat(overall(story, facts())).isEqualTo(Result.VALID);
        assertThat(overall(story, facts().twinLosses(Expectation.FORBIDDEN))).isEqualTo(Result.INVALID);
        Judgement judgement = Judgement.judge(
                story.history(), facts().twinLosses(Expectation.EXPECTED).build());
        assertThat(judgement.overall()).isEqualTo(Result.VALID);
        assertThat(judgement.metrics().exposure().twinLost()).isEqualTo(5);
    }

    @Test
    void isUnknownIfACheckerThrows() {
        Checker broken = new Checker() {
            @Override
            public String id() {
                return "K4";
            }

            @Override
            public String title() {
                return "broken";
            }

            @Override
            public Verdict check(History history, RunFacts facts) {
                throw new IllegalStateException("no idea");
            }
        };
        Judgement judgement = Judgement.judge(good().history(), facts().build(), List.of(broken));
        assertThat(judgement.overall()).isEqualTo(Result.UNKNOWN);
        assertThat(check(judgement, "K4").findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("IllegalStateException: no idea"));
    }

    @Test
    void countsWhatHappened() {
        Story story = good();
        story.unknown("w5", "a", 400, 410);
        story.fault(1, "pause-worker", "w6", 520);
        story.grant("w6", 6, 500, 510).notHeld(900, 910);
        story.grant("w7", 7, 540, 640).lost(730);
        story.heal(2, 1, 700);
        story.grant("w8", 8, 760, 801).releasing(810);
        Metrics metrics = Judgement.judge(story.history(), facts().build()).metrics();
        assertThat(metrics.operations().get("acquire"))
                .containsEntry("ok", 6)
                .containsEntry("contended", 1)
                .containsEntry("unknown", 1);
        assertThat(metrics.operations().get("release"))
                .containsEntry("released", 2)
                .containsEntry("not_held", 1)
                .containsEntry("unknown", 1);
        assertThat(metrics.operations().get("renewed")).containsEntry("ok", 1);
        assertThat(metrics.operations().get("lost")).containsEntry("EXPIRED", 1);
        assertThat(metrics.takeover()).isEqualTo(new Summary(2, 0, 90, 90, 120, 120));
        assertThat(metrics.recovery()).isEqualTo(new Summary(1, 0, 100, 100, 100, 100));
        assertThat(metrics.unavailableMs()).isEqualTo(120);
    }

    @Test
    void countsALockThatNobodyGotAfterItsHolderWasKilled() {
        Story story = new Story();
        story.grant("w1", 1, 0, 10);
        story.killed("w1", 20);
        story.fault(1, "partition", "n1", 30).heal(2, 1, 80);
        Metrics metrics = Judgement.judge(story.history(), facts().build()).metrics();
        assertThat(metrics.takeover()).isEqualTo(new Summary(0, 1, 0, 0, 0, 0));
        assertThat(metrics.recovery().missing()).isEqualTo(1);
        assertThat(metrics.unavailableMs()).isEqualTo(51);
    }

    @Test
    void judgesASavedRunTheSameEachTime(@TempDir Path path) throws IOException {
        RunFolder folder = new RunFolder(path);
        Files.writeString(folder.run(), facts().build().json().toString());
        try (HistoryWriter writer = HistoryWriter.create(folder.history())) {
            for (Event event : overlapping().events()) {
                writer.append(event);
            }
        }
        Judgement first = Judgement.of(folder);
        String saved = Files.readString(folder.verdict());
        Judgement second = Judgement.of(folder);
        assertThat(Files.readString(folder.verdict())).isEqualTo(saved).contains("\"overall\" : \"invalid\"");
        assertThat(second).isEqualTo(first);
        Judgement again = Judgement.read(folder);
        assertThat(again.toJson()).isEqualTo(saved);
        assertThat(again.check("K1").orElseThrow().findings())
                .isEqualTo(first.check("K1").orElseThrow().findings());
    }

    @Test
    void keepsSomeFindingsOfEachKindAndCountsAll() {
        Story story = new Story();
        for (int i = 0; i < 300; i++) {
            story.grant("w1", 1_000 - i, i * 10L, i * 10L + 5);
        }
        Judgement judgement = Judgement.judge(story.history(), facts().build());
        assertThat(check(judgement, "K1").found()).isEqualTo(299);
        assertThat(check(judgement, "K1").findings()).hasSize(50);
        assertThat(judgement.expectations().get(1).seen()).isEqualTo(299);
    }

    private static RunFacts.Builder exposed() {
        return facts().fact("exposing_faults", List.of("clock"))
                .fact("grace_ms", 50)
                .doubleHolder(Expectation.ALLOWED);
    }

    /** Two holders of lock {@code b} from {@code at} on. */
    private static void overlap(Story story, long at) {
        story.grant("w1", "b", at, at - 1, at - 1, at - 1, 100).released(at + 20, at + 21);
        story.grant("w2", "b", at + 1, at - 1, at - 1, at, 100).released(at + 10, at + 11);
    }

    private static Story exposedFrom(long since, long healed) {
        Story story = good();
        story.tell(Event.builder(EventType.INVOKE, "clock")
                .process(Op.NEMESIS)
                .at((since - 10) * 1_000_000)
                .id(1)
                .build());
        story.tell(Event.builder(EventType.OK, "clock")
                .process(Op.NEMESIS)
                .at(healed * 1_000_000 - 1)
                .id(1)
                .with(Field.SINCE, since * 1_000_000)
                .with(Field.PROOF, "seen")
                .build());
        return story.heal(2, 1, healed - 1);
    }

    @Test
    void excusesTwoHoldersWhileAFaultThatExposesIsInForceAndUntilItsLeasesAreOver() {
        for (long at : new long[] {2_000, 2_500, 4_150}) {
            Story story = exposedFrom(2_000, 3_000);
            overlap(story, at);
            Judgement judgement = Judgement.judge(story.history(), exposed().build());
            assertThat(check(judgement, "K1").raw()).as("%d", at).isEqualTo(Result.INVALID);
            assertThat(check(judgement, "K4").raw()).as("%d", at).isEqualTo(Result.INVALID);
            assertThat(judgement.overall()).as("%d", at).isEqualTo(Result.VALID);
        }
    }

    @Test
    void excusesNoTwoHoldersAtAnyOtherTime() {
        for (long at : new long[] {1_500, 1_999, 4_151, 9_000}) {
            Story story = exposedFrom(2_000, 3_000);
            overlap(story, at);
            Judgement judgement = Judgement.judge(story.history(), exposed().build());
            for (String id : List.of("K1", "K3", "K4")) {
                assertThat(check(judgement, id).verdict())
                        .as("%s at %d", id, at)
                        .isEqualTo(Result.INVALID);
                assertThat(check(judgement, id).findings())
                        .extracting(Finding::kind)
                        .containsOnly(Finding.Kind.UNEXPOSED_DOUBLE_HOLDER);
            }
            assertThat(judgement.expectations().get(0).seen()).isEqualTo(1);
            assertThat(overall(story, exposed().fact("exposing_faults", List.of("forget"))))
                    .isEqualTo(Result.INVALID);
            assertThat(overall(story, facts().doubleHolder(Expectation.ALLOWED)))
                    .as("without that fact")
                    .isEqualTo(Result.VALID);
        }
    }

    @Test
    void excusesTwoHoldersForGoodAfterAFaultThatIsNotHealed() {
        Story story = good();
        story.fault(1, "clock", "n1", 2_000);
        overlap(story, 60_000);
        Judgement judgement = Judgement.judge(story.history(), exposed().build());
        assertThat(judgement.overall()).isEqualTo(Result.VALID);
        assertThat(check(judgement, "K1").note()).isEqualTo("this run excuses what was found");
    }

    @Test
    void seesTheOneThatIsNotExcusedBehindManyThatAre() {
        Story story = exposedFrom(2_000, 300_000);
        for (int i = 0; i < 200; i++) {
            overlap(story, 2_100 + i * 1_000L);
        }
        assertThat(overall(story, exposed())).isEqualTo(Result.VALID);
        overlap(story, 400_000);
        Judgement judgement = Judgement.judge(story.history(), exposed().build());
        for (String id : List.of("K1", "K3", "K4")) {
            assertThat(check(judgement, id).verdict()).as(id).isEqualTo(Result.INVALID);
            assertThat(check(judgement, id).note()).as(id).contains("not all");
        }
    }

    @Test
    void neverExcusesAReleaseThatWasAnsweredFalsely() {
        Story story = exposedFrom(2_000, 3_000);
        story.grant("w1", "b", 1, 2_100, 2_100, 2_105, 100).released(2_300, 2_305);
        story.grant("w2", "b", 2, 2_150, 2_210, 2_215, 100).released(2_220, 2_225);
        Judgement judgement = Judgement.judge(story.history(), exposed().build());
        assertThat(check(judgement, "K1").raw()).isEqualTo(Result.VALID);
        assertThat(check(judgement, "K4").verdict()).isEqualTo(Result.INVALID);
    }
}
