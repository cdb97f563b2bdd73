package io.fencepost.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrenceTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Schedule cron(String expression, ZoneId zone) {
        return new Schedule.Cron(expression, zone);
    }

    /** The times in zone that follow, as the wall clock shows them, with offset. */
    private static List<String> times(String expression, ZoneId zone, String from, int count) {
        List<String> times = new ArrayList<>();
        Instant last = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            last = Recurrence.next(cron(expression, zone), last).orElseThrow();
            times.add(last.atZone(zone).toOffsetDateTime().toString());
        }
        return times;
    }

    private static Job job(Schedule schedule, MisfirePolicy policy, Instant due, Optional<Instant> began, int attempt) {
        JobSpec base = JobSpec.of(new JobId("j"), new Work.HandlerCall("noop"), new byte[0], schedule);
        JobSpec spec = new JobSpec(
                base.id(),
                base.tenant(),
                base.priority(),
                base.work(),
                base.payload(),
                schedule,
                base.retries(),
                base.deadline(),
                policy);
        return new Job(
                spec,
                JobState.RUNNING,
                due,
                due,
                1,
                attempt,
                Optional.empty(),
                Optional.empty(),
                began,
                Optional.empty(),
                due,
                due,
                2);
    }

    @Test
    void onceIsAtItsTimeOrAtOnceIfThatIsOver() {
        assertThat(Recurrence.first(new Schedule.At(NOON.plusSeconds(5)), NOON)).isEqualTo(NOON.plusSeconds(5));
        assertThat(Recurrence.first(new Schedule.At(NOON.minusSeconds(5)), NOON))
                .isEqualTo(NOON);
        assertThat(Recurrence.first(new Schedule.After(MINUTE), NOON)).isEqualTo(NOON.plusSeconds(60));
        for (MisfirePolicy policy : MisfirePolicy.values()) {
            assertThat(Recurrence.after(job(new Schedule.At(NOON), policy, NOON, Optional.of(NOON), 1), NOON))
                    .isEmpty();
        }
    }

    @Test
    void aFixedRateBeginsAtItsFirstTimeAndKeepsItsGrid() {
        Schedule ahead = new Schedule.FixedRate(NOON.plusSeconds(7), MINUTE);
        assertThat(Recurrence.first(ahead, NOON)).isEqualTo(NOON.plusSeconds(7));
        Schedule past = new Schedule.FixedRate(NOON.minusSeconds(90), MINUTE);
        assertThat(Recurrence.first(past, NOON)).isEqualTo(NOON.plusSeconds(30));
        assertThat(Recurrence.first(new Schedule.FixedRate(NOON, MINUTE), NOON)).isEqualTo(NOON);
        assertThat(Recurrence.next(past, NOON.plusSeconds(30))).contains(NOON.plusSeconds(90));
        assertThat(Recurrence.first(
                        new Schedule.FixedRate(Instant.parse("1000-01-01T00:00:00Z"), Schedule.FixedRate.MIN_PERIOD),
                        NOON))
                .isEqualTo(NOON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/15 * * * *  | 2026-05-04T12:01:00Z | 2026-05-04T12:15:00Z",
                "0 9 * * 1-5   | 2026-05-08T09:00:00Z | 2026-05-11T09:00:00Z",
                "0 0 29 2 *    | 2026-05-04T12:00:00Z | 2028-02-29T00:00:00Z",
                "30 4 1,15 * 5 | 2026-05-02T00:00:00Z | 2026-05-08T04:30:00Z",
                "0 12 * * 0    | 2026-05-04T12:00:00Z | 2026-05-10T12:00:00Z",
                "0 12 * * 7    | 2026-05-04T12:00:00Z | 2026-05-10T12:00:00Z",
                "0 22 31 12 *  | 2026-12-31T22:00:00Z | 2027-12-31T22:00:00Z"
            })
    void cronIsThatOfUnix(String expression, Instant from, Instant next) {
        assertThat(Recurrence.next(cron(expression.strip(), ZoneId.of("UTC")), from))
                .contains(next);
    }

    @Test
    void theFirstTimeOfACronMayBeTheInstantOfTheSubmission() {
        assertThat(Recurrence.first(cron("0 12 * * *", ZoneId.of("UTC")), NOON)).isEqualTo(NOON);
        assertThat(Recurrence.first(cron("0 12 * * *", ZoneId.of("UTC")), NOON.plusMillis(1)))
                .isEqualTo(NOON.plus(Duration.ofDays(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "a b c d e",
                "*/0 * * * *",
                "5-1-2 * * * *",
                "0 0 30 2 *"
            })
    void whatIsNoCronExpressionIsRefusedWithItsValue(String expression) {
        assertThatThrownBy(() -> Recurrence.check(cron(expression, BERLIN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + expression + "'")
                .hasMessageContaining("a cron expression");
        assertThatThrownBy(() -> Recurrence.first(cron(expression, BERLIN), NOON))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsOneIsNot() {
        assertThatCode(() -> Recurrence.check(cron("0-30/5,45 1,2 1-7 jan-mar mon", BERLIN)))
                .doesNotThrowAnyException();
        assertThatCode(() -> Recurrence.check(new Schedule.After(MINUTE))).doesNotThrowAnyException();
    }

    /** 2026-03-29 in Berlin: 02:00 to 03:00 is left out. */
    @Test
    void aTimeOfDayThatIsLeftOutComesAnHourLater() {
        assertThat(times("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00");
        assertThat(times("30 2,3 * * *", BERLIN, "2026-03-29T00:00:00Z", 3))
                .as("no time twice")
                .containsExactly("2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00", "2026-03-30T03:30+02:00");
        assertThat(times("10,50 2,3 * * *", BERLIN, "2026-03-29T00:00:00Z", 3))
                .containsExactly("2026-03-29T03:10+02:00", "2026-03-29T03:50+02:00", "2026-03-30T02:10+02:00");
    }

    /** 2026-10-25 in Berlin: 02:00 to 03:00 is shown twice. */
    @Test
    void aTimeOfDayThatIsShownTwiceComesOnce() {
        assertThat(times("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(times("30 1-3 * * *", BERLIN, "2026-10-24T22:00:00Z", 4))
                .containsExactly(
                        "2026-10-25T01:30+02:00",
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T03:30+01:00",
                        "2026-10-26T01:30+01:00");
    }

    @Test
    void whatGoesByTheHourGoesOnThroughBoth() {
        assertThat(times("30 * * * *", BERLIN, "2026-03-29T00:00:00Z", 3))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", "2026-03-29T04:30+02:00");
        assertThat(times("*/30 * * * *", BERLIN, "2026-10-25T00:00:00Z", 4))
                .containsExactly(
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:00+01:00");
        assertThat(times("0 */6 * * *", BERLIN, "2026-10-24T20:00:00Z", 3))
                .containsExactly("2026-10-25T00:00+02:00", "2026-10-25T06:00+01:00", "2026-10-25T12:00+01:00");
    }

    /** Half an hour in Lord Howe; the whole of 30 December 2011 in Apia. */
    @Test
    void changesOfOtherLengthsAreNoDifferent() {
        assertThat(times("15 2 * * *", ZoneId.of("Australia/Lord_Howe"), "2026-10-03T00:00:00Z", 2))
                .containsExactly("2026-10-04T02:45+11:00", "2026-10-05T02:15+11:00");
        assertThat(times("0 9 * * *", ZoneId.of("Pacific/Apia"), "2011-12-29T00:00:00Z", 3))
                .containsExactly("2011-12-29T09:00-10:00", "2011-12-31T09:00+14:00", "2012-01-01T09:00+14:00");
    }

    @Test
    void oneRunMakesUpForAllThatWasMissedBeforeIt() {
        Schedule schedule = new Schedule.FixedRate(NOON, MINUTE);
        Instant began = NOON.plusSeconds(600);
        Job job = job(schedule, MisfirePolicy.RUN_ONCE, NOON, Optional.of(began), 1);
        assertThat(Recurrence.isMissed(job, began)).isFalse();
        assertThat(Recurrence.after(job, began.plusSeconds(5))).contains(began.plusSeconds(60));
        assertThat(Recurrence.after(job, began.plusSeconds(200)))
                .as("what was missed while it ran is one more, at once")
                .contains(began.plusSeconds(60));
    }

    @Test
    void eachMissedTimeIsARunOfItsOwn() {
        Schedule schedule = new Schedule.FixedRate(NOON, MINUTE);
        Instant began = NOON.plusSeconds(600);
        Job job = job(schedule, MisfirePolicy.RUN_ALL, NOON, Optional.of(began), 1);
        assertThat(Recurrence.isMissed(job, began)).isFalse();
        assertThat(Recurrence.after(job, began.plusSeconds(5))).contains(NOON.plusSeconds(60));
    }

    @Test
    void missedTimesAreLeftOut() {
        Schedule schedule = new Schedule.FixedRate(NOON, MINUTE);
        Instant late = NOON.plus(Recurrence.TOLERANCE).plusMillis(1);
        assertThat(Recurrence.isMissed(job(schedule, MisfirePolicy.SKIP, NOON, Optional.empty(), 0), late))
                .isTrue();
        assertThat(Recurrence.isMissed(job(schedule, MisfirePolicy.SKIP, NOON, Optional.of(late), 1), late))
                .as("just begun")
                .isTrue();
        assertThat(Recurrence.isMissed(
                        job(schedule, MisfirePolicy.SKIP, NOON, Optional.empty(), 0), NOON.plus(Recurrence.TOLERANCE)))
                .as("not late enough")
                .isFalse();
        assertThat(Recurrence.isMissed(job(schedule, MisfirePolicy.SKIP, NOON, Optional.of(late), 2), late))
                .as("a retry")
                .isFalse();
        assertThat(Recurrence.isMissed(job(new Schedule.At(NOON), MisfirePolicy.SKIP, NOON, Optional.empty(), 0), late))
                .as("due once")
                .isFalse();
        assertThat(Recurrence.after(
                        job(schedule, MisfirePolicy.SKIP, NOON, Optional.of(late), 1), NOON.plusSeconds(601)))
                .contains(NOON.plusSeconds(660));
    }

    /** Stores keep microseconds: what comes back must be one of the times again, or the same time is due for ever. */
    @Test
    void aRateFinerThanStoresKeepGoesOn() {
        Schedule rate = new Schedule.FixedRate(
                NOON.plusNanos(500), Duration.ofMillis(100).plusNanos(100));
        Instant first =
                Recurrence.next(rate, NOON.minusSeconds(1)).orElseThrow().truncatedTo(ChronoUnit.MICROS);

        Instant second = Recurrence.next(rate, first).orElseThrow().truncatedTo(ChronoUnit.MICROS);

        assertThat(second).isEqualTo(first.plusMillis(100));
    }
}
