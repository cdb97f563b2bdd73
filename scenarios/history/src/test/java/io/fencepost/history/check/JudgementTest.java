package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Event;
import io.fencepost.history.Expectation;
import io.fencepost.history.History;
import io.fencepost.history.HistoryWriter;
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
}
