package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.redlock.Membership.Decision;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final long NOW = 100;
    private static final long LATER = 1_000;
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
        assertThat(membership.decide(0, NOW)).isInstanceOf(Decision.StayOut.class);
        assertThat(membership.decide(0, LATER)).isEqualTo(new Decision.CatchUp(Marker.NONE, List.of(1, 2), 2));
        assertThat(membership.marker(2)).isEqualTo("c");
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

    private static Membership of(Standing... standings) {
        Membership membership = new Membership(standings.length);
        for (int i = 0; i < standings.length; i++) {
            membership.saw(i, standings[i]);
        }
        return membership;
    }
}
