package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules 11.1 to 11.4: a resource that is protected by tokens. */
public interface Chapter11FencedResource extends RuleBook {
    private static FencingToken token(long value) {
        return new FencingToken(value);
    }

    private static Optional<FencedValue> value(long token, String text) {
        return Optional.of(new FencedValue(token(token), text.getBytes(UTF_8)));
    }

    private static FencedWrite write(FencedResource resource, String key, long token, String text) {
        return resource.write(key, token(token), text.getBytes(UTF_8));
    }

    private static void assertAccepted(FencedWrite outcome, String what) {
        assertThat(outcome).as(what).isInstanceOf(FencedWrite.Accepted.class);
    }

    private static void assertStale(FencedWrite outcome, long greatest, String what) {
        assertThat(outcome).as(what).isEqualTo(new FencedWrite.Stale(token(greatest)));
    }

    /** Fails when the fence is not kept, lives in the client, or goes with a value that is deleted. */
    @Rule("11.1")
    default void rule_11_1_anOlderTokenIsRefusedAndTheValueIsKept() {
        FencedResource one = tck().resource();
        FencedResource other = tck().resource();
        String key = tck().name("fenced");
        assertThat(one.read(key)).as("a key that was never written").isEmpty();
        assertAccepted(write(one, key, 10, "ten"), "the first write of a key");
        assertStale(write(other, key, 9, "nine"), 10, "a write with an older token, through another view");
        assertStale(write(one, key, 1, "one"), 10, "a write with a much older token, through the same view");
        assertStale(other.delete(key, token(9)), 10, "a deletion with an older token");
        assertThat(one.read(key)).as("the value after stale writes").isEqualTo(value(10, "ten"));
        assertThat(other.read(key))
                .as("the value after stale writes, through another view")
                .isEqualTo(value(10, "ten"));

        String neighbour = tck().name("fenced-neighbour");
        assertAccepted(write(other, neighbour, 3, "three"), "a write of another key");

        // beyond what a double counts by ones, and next to the greatest token there is
        long great = Long.MAX_VALUE - 1;
        assertAccepted(write(other, key, great, "great"), "a write with a very great token");
        assertStale(write(one, key, great - 1, "less"), great, "a write with a token that is less by one");

        assertAccepted(one.delete(key, token(great + 1)), "a deletion with a newer token");
        assertThat(other.read(key)).as("a key that was deleted").isEmpty();
        assertStale(write(other, key, great, "again"), great + 1, "a write with an older token after a deletion");
        assertThat(one.read(key))
                .as("a key that was deleted, after a stale write")
                .isEmpty();
        assertThat(one.read(neighbour)).as("the value of another key").isEqualTo(value(3, "three"));

        String never = tck().name("fenced-never");
        assertAccepted(one.delete(never, token(5)), "a deletion of a key that was never written");
        assertStale(write(other, never, 4, "four"), 5, "a write with an older token than that of such a deletion");
    }

    /** Fails when a holder can write only once, when values are mangled, or when keys are folded. */
    @Rule("11.2")
    default void rule_11_2_anEqualAndANewerTokenAreAccepted() {
        FencedResource one = tck().resource();
        FencedResource other = tck().resource();
        String key = tck().name("fenced-again");
        assertAccepted(write(one, key, 5, "a"), "the first write of a key");
        assertAccepted(write(one, key, 5, "b"), "a second write with the same token");
        assertAccepted(write(other, key, 5, "c"), "a write with the same token, through another view");
        assertAccepted(write(one, key, 5, "d"), "a write with the same token, after one through another view");
        assertThat(other.read(key)).as("the value after writes with one token").isEqualTo(value(5, "d"));
        assertAccepted(write(other, key, 6, "e"), "a write with a newer token");
        assertAccepted(write(one, key, 600, "f"), "a write with a much newer token");
        assertThat(other.read(key)).as("the value after a newer token").isEqualTo(value(600, "f"));
        assertAccepted(other.delete(key, token(600)), "a deletion with the same token");
        assertAccepted(write(one, key, 600, "g"), "a write after a deletion with the same token");
        assertThat(other.read(key)).as("the value after a deletion and a write").isEqualTo(value(600, "g"));

        byte[] large = new byte[64 * 1024];
        tck().random("11.2").nextBytes(large);
        assertAccepted(one.write(key, token(601), large), "a write of 64 KiB");
        assertThat(other.read(key)).as("a value of 64 KiB").contains(new FencedValue(token(601), large));
        assertAccepted(one.write(key, token(601), new byte[0]), "a write of an empty value");
        assertThat(other.read(key)).as("an empty value").contains(new FencedValue(token(601), new byte[0]));

        String prefix = tck().name("fenced-keys");
        List<String> keys = Leases.awkwardNames(prefix).stream()
                .filter(name -> name.contains(prefix))
                .toList();
        for (int i = 0; i < keys.size(); i++) {
            assertAccepted(write(one, keys.get(i), i + 1, "of " + i), "a write of '" + Leases.shown(keys.get(i)) + "'");
        }
        for (int i = 0; i < keys.size(); i++) {
            assertThat(other.read(keys.get(i)))
                    .as("the value of '%s'", Leases.shown(keys.get(i)))
                    .isEqualTo(value(i + 1, "of " + i));
        }
    }

    /** Fails when the resource goes by who holds the lock, or held it when the request was made, and not by the token. */
    @Rule("11.3")
    default void rule_11_3_aHolderThatWasPausedBeyondItsLeaseIsRefused() throws InterruptedException {
        FencedResource ofA = tck().resource();
        FencedResource ofB = tck().resource();
        String name = tck().name("paused");
        Held paused = tck().rawA().acquire(name, tck().ttl());
        assertAccepted(ofA.write(name, paused.token(), "A".getBytes(UTF_8)), "the holder's write");

        Lease successor = Leases.acquiredWithin(tck().takeoverLimit(), tck().b(), name, tck().lasting());
        long newer = successor.token().value();
        assertAccepted(write(ofB, name, newer, "B"), "the successor's write");

        assertStale(
                ofA.write(name, paused.token(), "A, late".getBytes(UTF_8)),
                newer,
                "the write of a holder that was paused beyond its lease");
        assertStale(
                ofA.delete(name, paused.token()), newer, "the deletion of a holder that was paused beyond its lease");
        assertThat(ofA.read(name))
                .as("the value after the paused holder came back")
                .isEqualTo(value(newer, "B"));
        assertAccepted(write(ofB, name, newer, "B, again"), "the successor's second write");
        successor.release();
        assertStale(
                ofA.write(name, paused.token(), "A, later".getBytes(UTF_8)),
                newer,
                "the write of a holder that was paused, when its successor has released");
        assertThat(ofB.read(name)).as("the value in the end").isEqualTo(value(newer, "B, again"));
    }

    /** Fails when the token is read first and the value written after it, without a condition. */
    @Rule("11.4")
    default void rule_11_4_acceptedTokensNeverDecreaseUnderARace() throws InterruptedException {
        List<FencedResource> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            writers.add(tck().resource());
        }
        FencedRace.run(tck().resource(), writers, tck().name("fenced-race"), tck().random("11.4"), tck().patience());
    }
}
