package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.redlock.AckCount.Decision;
import io.fencepost.lock.redlock.SightCount.Sight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What answers of several nodes amount to: acknowledgements, sights of a lock, news of a release. */
class CountsTest {
    @Test
    void acknowledgementsNeedAQuorumOfOneKind() {
        AckCount yes = new AckCount(3);
        assertThat(yes.yes()).isEqualTo(Decision.OPEN);
        assertThat(yes.no()).isEqualTo(Decision.OPEN);
        assertThat(yes.yes()).isEqualTo(Decision.YES);

        AckCount no = new AckCount(3);
        assertThat(no.no()).isEqualTo(Decision.OPEN);
        assertThat(no.no()).isEqualTo(Decision.NO);

        AckCount unknown = new AckCount(3);
        assertThat(unknown.yes()).isEqualTo(Decision.OPEN);
        assertThat(unknown.silent()).isEqualTo(Decision.OPEN);
        assertThat(unknown.no()).isEqualTo(Decision.UNKNOWN);

        AckCount silent = new AckCount(5);
        silent.silent();
        silent.silent();
        assertThat(silent.silent()).isEqualTo(Decision.UNKNOWN);
    }

    @Test
    void aHolderIsWhoeversMarkAQuorumBears() {
        SightCount count = new SightCount(5);
        count.marked("a", 7, 300);
        count.unmarked();
        count.marked("a", 7, 100);
        assertThat(count.marked("a", 7, 200)).isEqualTo(new Sight.Held("a", 7, 100));
    }

    @Test
    void theTokenIsTheFenceOfAQuorum() {
        SightCount count = new SightCount(3);
        count.marked("a", 9, 100);
        assertThat(count.marked("a", 7, 100)).isEqualTo(new Sight.Open());
        assertThat(count.marked("a", 7, 100)).isEqualTo(new Sight.Held("a", 7, 100));

        SightCount partial = new SightCount(3);
        partial.marked("a", 9, 100);
        partial.marked("a", 7, 100);
        assertThat(partial.silent()).isEqualTo(new Sight.Held("a", 9, 100));
    }

    @Test
    void withoutAQuorumOfOneMarkTheLockIsFree() {
        SightCount count = new SightCount(3);
        count.marked("a", 9, 100);
        count.unmarked();
        assertThat(count.marked("b", 9, 100)).isEqualTo(new Sight.Free());
    }

    @Test
    void withoutAQuorumOfAnswersNothingIsKnown() {
        SightCount count = new SightCount(3);
        count.unmarked();
        assertThat(count.timedOut()).isEqualTo(new Sight.Unknown());
    }

    @Test
    void waitersAreWokenByTheNewsOfAQuorum() {
        List<String> woken = new ArrayList<>();
        Watch watch = new Watch(3);
        Runnable waiter = () -> woken.add("woken");
        assertThat(watch.add(waiter)).isFalse();
        assertThat(watch.subscribed(0)).isEmpty();
        assertThat(watch.subscribed(1)).as("a release may have slipped by").containsExactly(waiter);
        watch.attemptStarted();
        assertThat(watch.released(0, "id").first()).isTrue();
        assertThat(watch.released(0, "id").toWake()).as("twice from one node").isEmpty();
        assertThat(watch.overdue("id")).containsExactly(waiter);
        assertThat(watch.released(2, "id").toWake()).containsExactly(waiter);
        assertThat(watch.released(1, "id").toWake()).as("once is enough").isEmpty();
        assertThat(watch.overdue("id")).isEmpty();
    }

    @Test
    void aWaiterThatComesBackMissesNothing() {
        Watch watch = new Watch(1);
        Runnable waiter = () -> {};
        watch.add(waiter);
        watch.subscribed(0);
        watch.remove(waiter, 0);
        watch.attemptStarted();
        assertThat(watch.add(waiter))
                .as("nothing was released since the attempt")
                .isFalse();
        watch.remove(waiter, 0);
        watch.attemptStarted();
        watch.released(0, "id");
        assertThat(watch.add(waiter)).as("released since the attempt").isTrue();
        assertThat(watch.isUnused(Duration.ofHours(1).toNanos(), Duration.ofSeconds(1)))
                .isFalse();
        watch.remove(waiter, 0);
        assertThat(watch.isUnused(Duration.ofHours(1).toNanos(), Duration.ofSeconds(1)))
                .isTrue();
    }
}
