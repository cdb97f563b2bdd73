package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.RenewalPolicy;
import java.time.Duration;
import java.util.Map;

/** Rules 10.1 and 10.2: looking at locks from outside. */
public interface Chapter10Inspection extends RuleBook {
    /** Fails when what others see is stale, belongs to an earlier holder, or outlives the lease. */
    @Rule("10.1")
    default void rule_10_1_inspectionShowsHolderTokenAndRemainingTime() throws InterruptedException {
        String name = tck().name("inspected");
        assertThat(tck().b().inspect(name))
                .as("inspection of a lock never used")
                .isEmpty();
        Duration ttl = tck().longTtl();
        Duration grace = tck().capabilities().grace();
        Lease lease = Leases.acquired(tck().a(), name, tck().lasting().withRenewal(RenewalPolicy.MANUAL));
        LockState state = tck().b()
                .inspect(name)
                .orElseThrow(() -> new AssertionError("inspection of a held lock shows nothing"));
        Duration left = lease.remainingValidity();
        assertThat(state.name()).isEqualTo(name);
        assertThat(state.holder()).isEqualTo(tck().a().holder());
        assertThat(state.token()).isEqualTo(lease.token());
        state.remaining()
                .ifPresent(remaining -> assertThat(remaining)
                        .as("remaining time, with a grace of %s", grace)
                        .isBetween(left.minus(grace), ttl.plus(grace)));
        // where the ttl counts from a look, nobody knows of time that went by unseen
        if (!tck().expiresOnlyWhenObserved()) {
            Windows.pass(grace.plus(Windows.NO_ANNOUNCEMENT));
            Duration leftLater = lease.remainingValidity();
            tck().b()
                    .inspect(name)
                    .flatMap(LockState::remaining)
                    .ifPresent(remaining -> assertThat(remaining)
                            .as("remaining time a while later, with a grace of %s", grace)
                            .isBetween(leftLater.minus(grace), ttl.minus(Windows.NO_ANNOUNCEMENT)));
        }
        assertThat(tck().a().inspect(name))
                .as("inspection by the holder")
                .get()
                .extracting(LockState::token)
                .isEqualTo(lease.token());
        lease.release();
        assertThat(tck().b().inspect(name)).as("inspection after release").isEmpty();

        Lease next = Leases.acquired(tck().b(), name, tck().lasting());
        assertThat(tck().c().inspect(name))
                .as("inspection under the next holder")
                .get()
                .extracting(LockState::holder, LockState::token)
                .containsExactly(tck().b().holder(), next.token());
        tck().c().forceRelease(name);
        assertThat(tck().c().inspect(name))
                .as("inspection after a forced release")
                .isEmpty();
        next.release();

        if (!tck().expiresOnlyWhenObserved()) {
            String silent = tck().name("inspected-silent");
            tck().rawA().acquire(silent, tck().ttl());
            Awaits.until(
                    "an expired lease is out of sight",
                    tck().takeoverLimit(),
                    () -> tck().b().inspect(silent).isEmpty());
        }
    }

    /** Fails when metadata is dropped, cut, or mangled by an encoding. */
    @Rule("10.2")
    default void rule_10_2_othersCanReadTheHoldersMetadata() throws InterruptedException {
        String name = tck().name("metadata");
        LockOptions options = tck().lasting()
                .withMetadata(Map.of("ticket", "a=b&c%20d+e", "name", "café 😀\n'\"", "empty", ""))
                .withPurpose("nightly run; step 3/4");
        Lease lease = Leases.acquired(tck().a(), name, options);
        Map<String, String> seen = tck().b()
                .inspect(name)
                .map(LockState::metadata)
                .orElseThrow(() -> new AssertionError("inspection of a held lock shows nothing"));
        assertThat(seen)
                .as("the holder's metadata as others read it")
                .containsEntry("ticket", "a=b&c%20d+e")
                .containsEntry("name", "café 😀\n'\"")
                .containsEntry("empty", "")
                .containsEntry("purpose", "nightly run; step 3/4")
                .containsEntry("pid", Long.toString(ProcessHandle.current().pid()))
                .containsKey("host");
        assertThat(lease.renew()).as("renewal").isNotNull();
        assertThat(tck().c().inspect(name))
                .as("the holder's metadata after its renewal")
                .get()
                .extracting(LockState::metadata)
                .isEqualTo(seen);
        lease.release();
    }
}
