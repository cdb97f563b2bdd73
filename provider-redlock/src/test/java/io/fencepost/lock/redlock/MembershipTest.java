package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.redlock.Membership.Decision;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final long NOW = 100;
    private static final long LATER = 1_000;
    private static final long FOUNDING = Membership.FOUNDING.toNanos();
    private static final Standing GONE = new Standing.Unseen(true);
    private static final Standing NEW = new Standing.Unmarked(0, LATER, "why");

    @Test
    void aMemberServesWhateverTheOthersAre() {
        assertThat(of(new Standing.Member("m"), GONE, NEW).decide(0, NOW)).isEqualTo(new Decision.Serve("m"));
    }

    @Test
    void aBelievedNodeIsAdmittedAsItIs() {
        assertThat(of(new Standing.Believed("m"), GONE, GONE).decide(0, NOW)).isEqualTo(new Decision.Admit("m"));
    }

    @Test
    void aNewDeploymentIsAdmittedAtOnceAndAsAWhole() {
        Membership membership = of(NEW, NEW, NEW);
        assertThat(membership.decide(1, NOW)).isEqualTo(new Decision.Admit(Marker.NONE));
        membership.saw(1, new Standing.Member("m"));
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.Admit(Marker.NONE));
        membership.saw(0, new Standing.Member("m"));
        assertThat(membership.decide(2, NOW)).isEqualTo(new Decision.Admit(Marker.NONE));
        membership.saw(2, GONE);
        membership.saw(2, NEW);
        assertThat(membership.decide(2, NOW)).as("not seen all the time").isInstanceOf(Decision.StayOut.class);
    }

    @Test
    void aNewDeploymentWaitsUntilAllWereTried() {
        Membership membership = new Membership(3);
        membership.saw(0, NEW);
        membership.saw(1, NEW);
        assertThat(membership.decide(0, NOW))
                .isInstanceOfSatisfying(
                        Decision.SeeOthers.class,
                        decision -> assertThat(decision.settling()).isTrue());
        membership.saw(2, NEW);
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.Admit(Marker.NONE));
    }

    @Test
    void whereSomeCannotBeSeenAQuorumIsNewWhenNothingThatItForgotIsInForce() {
        Membership membership = of(NEW, NEW, GONE);
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.StayOut(LATER, "why"));
        assertThat(membership.decide(0, LATER)).isEqualTo(new Decision.Admit(Marker.NONE));
    }

    @Test
    void aNewDeploymentWaitsForTheLastThatMayHaveForgotten() {
        Membership membership = of(NEW, new Standing.Unmarked(500, 500, "why"), NEW);
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.StayOut(500, "why"));
        assertThat(membership.decide(0, 500)).isEqualTo(new Decision.Admit(Marker.NONE));
    }

    @Test
    void aMinorityWithoutMarkersIsNoDeployment() {
        assertThat(of(NEW, GONE, GONE).decide(0, NOW)).isInstanceOf(Decision.SeeOthers.class);
    }

    @Test
    void whoLacksAMarkerThatOthersHaveHasForgotten() {
        Membership membership = of(NEW, new Standing.Member("b"), new Standing.Member("c"));
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.StayOut(LATER, "it came back without its data"));
        assertThat(membership.decide(0, NOW + FOUNDING)).isEqualTo(new Decision.Mark());
        membership.saw(0, new Standing.Forgetful("joining/x", LATER, "why"));
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.StayOut(LATER, "why"));
        assertThat(membership.decide(0, LATER)).isEqualTo(new Decision.CatchUp("joining/x", List.of(1, 2), 2));
        assertThat(membership.marker(2)).isEqualTo("c");
    }

    @Test
    void aNewDeploymentThatAnotherClientIsAdmittingIsLeftToIt() {
        Membership membership = of(NEW, NEW, NEW);
        membership.saw(1, new Standing.Member("b"));
        assertThat(membership.decide(0, LATER)).isInstanceOf(Decision.StayOut.class);
        membership.saw(1, GONE);
        membership.saw(1, new Standing.Member("b"));
        assertThat(membership.decide(0, LATER + FOUNDING - 1)).isInstanceOf(Decision.StayOut.class);
        assertThat(membership.decide(0, LATER + FOUNDING)).isEqualTo(new Decision.Mark());
    }

    @Test
    void whoIsKnownToHaveLostItsMarkerIsMarkedAtOnce() {
        Standing lost = new Standing.Forgetful(Marker.NONE, 0, "why");
        assertThat(of(lost, GONE, new Standing.Member("c")).decide(0, NOW)).isEqualTo(new Decision.Mark());
    }

    /** A holds by nodes 0 and 1, and node 1 is emptied; a client that comes then must not admit it before A's lease is over. */
    @Test
    void aServerThatWasEmptiedWhileItRanStaysOutForALateClientToo() {
        Duration maxTtl = Duration.ofMinutes(1);
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, maxTtl);
        Membership membership = new Membership(3);
        membership.saw(0, new Standing.Member("a"));
        membership.saw(2, new Standing.Member("c"));
        membership.saw(1, memory.judge(upForADay(Marker.NONE), NOW));
        assertThat(membership.decide(1, NOW)).isInstanceOf(Decision.StayOut.class);
        long marked = NOW + FOUNDING;
        assertThat(membership.decide(1, marked)).isEqualTo(new Decision.Mark());
        membership.saw(1, memory.judge(upForADay("joining/x"), marked));
        assertThat(membership.decide(1, marked + maxTtl.toNanos())).isInstanceOf(Decision.StayOut.class);
        assertThat(membership.decide(1, marked + maxTtl.plusSeconds(2).toNanos()))
                .isEqualTo(new Decision.CatchUp("joining/x", List.of(0, 2), 2));
    }

    @Test
    void aQuorumOfTheOthersMustRemember() {
        Standing forgetful = new Standing.Forgetful("a", 0, "why");
        Membership membership =
                of(forgetful, new Standing.Member("b"), new Standing.Member("c"), GONE, new Standing.Believed("e"));
        assertThat(membership.decide(0, NOW)).isInstanceOf(Decision.SeeOthers.class);
        membership.saw(4, new Standing.Member("e"));
        assertThat(membership.decide(0, NOW)).isEqualTo(new Decision.CatchUp("a", List.of(1, 2, 4), 3));
    }

    @Test
    void whereTooManyHaveForgottenAllThatIsSeenIsRead() {
        Standing forgetful = new Standing.Forgetful("a", LATER, "why");
        Membership membership = of(forgetful, forgetful, NEW, GONE, new Standing.Member("e"));
        assertThat(membership.decide(0, NOW)).isInstanceOf(Decision.StayOut.class);
        assertThat(membership.decide(0, LATER)).isEqualTo(new Decision.CatchUp("a", List.of(1, 2, 4), 0));
        assertThat(of(forgetful).decide(0, LATER)).as("alone").isEqualTo(new Decision.CatchUp("a", List.of(), 0));
    }

    private static Incarnation upForADay(String marker) {
        return new Incarnation("run", Duration.ofDays(1).toSeconds(), true, "yes", "always", "noeviction", marker);
    }

    private static Membership of(Standing... standings) {
        Membership membership = new Membership(standings.length);
        for (int i = 0; i < standings.length; i++) {
            membership.saw(i, standings[i]);
        }
        return membership;
    }
}
