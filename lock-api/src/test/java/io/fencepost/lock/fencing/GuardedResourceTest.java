package io.fencepost.lock.fencing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockException;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FaultyStore.Fault;
import io.fencepost.lock.fencing.FencedStore.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard over a store whose requests and answers get lost. */
class GuardedResourceTest {
    private static final String KEY = "orders/42";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final Duration SHORT = Duration.ofMillis(100);

    private final FaultyStore store = new FaultyStore();
    private final FencedResource resource = FencedResources.over(store, "test", TIMEOUT);
    private final FencedResource other = FencedResources.over(store, "test", TIMEOUT);

    private static FencingToken token(long value) {
        return new FencingToken(value);
    }

    private static FencedWrite write(FencedResource resource, long token, String value) {
        return resource.write(KEY, token(token), value.getBytes(UTF_8));
    }

    private static FencedWrite accepted() {
        return new FencedWrite.Accepted();
    }

    private static FencedWrite stale(long greatest) {
        return new FencedWrite.Stale(token(greatest));
    }

    private static Optional<FencedValue> value(long token, String value) {
        return Optional.of(new FencedValue(token(token), value.getBytes(UTF_8)));
    }

    @Test
    void olderTokensAreRefusedAndEqualAndNewerOnesAccepted() {
        assertThat(resource.read(KEY)).isEmpty();
        assertThat(write(resource, 5, "a")).isEqualTo(accepted());
        assertThat(write(other, 4, "b")).isEqualTo(stale(5));
        assertThat(other.delete(KEY, token(4))).isEqualTo(stale(5));
        assertThat(other.read(KEY)).isEqualTo(value(5, "a"));
        assertThat(write(other, 5, "c")).isEqualTo(accepted());
        assertThat(write(resource, 6, "d")).isEqualTo(accepted());
        assertThat(resource.read(KEY)).isEqualTo(value(6, "d"));
    }

    @Test
    void aDeletionKeepsTheFence() {
        write(resource, 5, "a");
        assertThat(resource.delete(KEY, token(7)).isAccepted()).isTrue();
        assertThat(other.read(KEY)).isEmpty();
        assertThat(write(other, 6, "b")).isEqualTo(stale(7));
        assertThat(write(other, 7, "c")).isEqualTo(accepted());
        assertThat(resource.read(KEY)).isEqualTo(value(7, "c"));
    }

    @Test
    void aHolderThatGoesOnWritingNeedsOneRoundEachAndOneWhoDoesNotKnowTheKeyTwo() {
        write(resource, 5, "a");
        write(resource, 5, "b");
        write(resource, 6, "c");
        assertThat(store.requests()).isEqualTo(3);
        write(other, 7, "d");
        assertThat(store.requests()).isEqualTo(5);
        write(other, 1, "e");
        assertThat(store.requests())
                .as("a token that is known to be stale is not sent")
                .isEqualTo(5);
    }

    @Test
    void aLostAnswerIsFoundOut() {
        store.next(Fault.ANSWER_LOST);
        assertThat(write(resource, 5, "a")).isEqualTo(accepted());
        store.next(Fault.ANSWER_LOST);
        assertThat(write(resource, 6, "b")).isEqualTo(accepted());
        assertThat(store.applied()).hasSize(2);
        assertThat(other.read(KEY)).isEqualTo(value(6, "b"));
    }

    @Test
    void aLostRequestIsSentAgainAndItsLateCopyBringsNoOldValueBack() {
        write(resource, 5, "a");
        store.next(Fault.REQUEST_LATE);
        assertThat(write(resource, 5, "b")).isEqualTo(accepted());
        assertThat(write(resource, 5, "c")).isEqualTo(accepted());
        store.deliverLate();
        assertThat(resource.read(KEY)).as("the last write of the holder").isEqualTo(value(5, "c"));
        assertThat(store.applied()).hasSize(3);
    }

    @Test
    void aLateCopyThatComesFirstIsTakenForTheWrite() {
        write(resource, 5, "a");
        store.next(Fault.REQUEST_LATE);
        store.beforeNextLook(store::deliverLate);
        assertThat(write(resource, 6, "b")).isEqualTo(accepted());
        assertThat(store.applied()).hasSize(2);

        store.next(Fault.REQUEST_LATE, Fault.REQUEST_LATE);
        assertThat(write(resource, 7, "c")).as("after two copies that are late").isEqualTo(accepted());
        store.deliverLate();
        assertThat(store.applied()).hasSize(3);
    }

    @Test
    void whatAnotherWriteHidIsUnknown() {
        write(resource, 5, "a");
        store.next(Fault.ANSWER_LOST);
        store.beforeNextLook(() -> write(other, 7, "other"));
        assertThatThrownBy(() -> write(resource, 6, "b"))
                .isInstanceOfSatisfying(OutcomeUnknownException.class, e -> {
                    assertThat(e.name()).hasValue(KEY);
                    assertThat(e.token()).hasValue(token(6));
                })
                .hasMessageContaining("another write came after it");
        assertThat(write(resource, 6, "b")).as("the same write, repeated").isEqualTo(stale(7));
    }

    @Test
    void aLookThatFailsIsTriedAgainForAsLongAsThereIsTime() {
        store.next(Fault.ANSWER_LOST);
        store.failLooks(3);
        assertThat(write(resource, 5, "a")).isEqualTo(accepted());
    }

    @Test
    void withoutAnyAnswerItIsUnknownInTimeAndTheLateCopyComesOnlyBeforeTheNextWrite() {
        FencedResource hasty = FencedResources.over(store, "test", SHORT);
        write(hasty, 5, "a");
        store.next(Fault.REQUEST_LATE);
        store.failLooks(Integer.MAX_VALUE);
        assertThatThrownBy(() -> write(hasty, 5, "b"))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining(KEY)
                .hasMessageContaining("no answer");
        store.failLooks(0);
        assertThat(write(hasty, 5, "c")).isEqualTo(accepted());
        store.deliverLate();
        assertThat(hasty.read(KEY)).isEqualTo(value(5, "c"));
    }

    @Test
    void unavailableMeansNotWritten() {
        store.next(Fault.UNAVAILABLE);
        assertThatThrownBy(() -> write(resource, 5, "a"))
                .isInstanceOfSatisfying(LockUnavailableException.class, e -> {
                    assertThat(e.name()).hasValue(KEY);
                    assertThat(e.token()).hasValue(token(5));
                })
                .hasMessageContaining("test: 'orders/42' with token 5 was not written")
                .hasMessageContaining("no server");
        store.deliverLate();
        assertThat(resource.read(KEY)).isEmpty();
    }

    @Test
    void unavailableAfterAnUnansweredTryIsUnknown() {
        store.next(Fault.REQUEST_LATE, Fault.UNAVAILABLE);
        assertThatThrownBy(() -> write(resource, 5, "a")).isInstanceOf(OutcomeUnknownException.class);
        store.deliverLate();
        assertThat(resource.read(KEY)).isEqualTo(value(5, "a"));
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() {
        store.next(Fault.ANSWER_LOST);
        store.failLooks(Integer.MAX_VALUE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> write(resource, 5, "a"))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aClosedResourceRefusesAndOthersGoOn() {
        write(resource, 5, "a");
        resource.close();
        resource.close();
        assertThatThrownBy(() -> write(resource, 6, "b")).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> resource.delete(KEY, token(6))).isInstanceOf(LockClosedException.class);
        assertThatThrownBy(() -> resource.read(KEY)).isInstanceOf(LockClosedException.class);
        assertThat(other.read(KEY)).isEqualTo(value(5, "a"));
    }

    @Test
    void badInputIsRefusedWithTheValueAndWhatIsAllowed() {
        FencingToken token = token(1);
        byte[] nothing = {};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resource.write("", token, nothing))
                .withMessageContaining("0 bytes")
                .withMessageContaining("1 to 512 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resource.delete("x".repeat(513), token))
                .withMessageContaining("513 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resource.read("half \ud83d"))
                .withMessageContaining("surrogate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resource.write(KEY, token, new byte[FencedResource.MAX_VALUE_BYTES + 1]))
                .withMessageContaining("524289 bytes")
                .withMessageContaining("0 to 524288");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FencedResources.over(store, "test", Duration.ofMillis(9)))
                .withMessageContaining("PT0.009S")
                .withMessageContaining("PT0.01S to PT5M");
        assertThat(store.requests()).isZero();
        assertThat(resource.write("x".repeat(512), token, new byte[FencedResource.MAX_VALUE_BYTES]))
                .isEqualTo(accepted());
    }

    @Test
    void valuesAreCopies() {
        byte[] bytes = "a".getBytes(UTF_8);
        resource.write(KEY, token(1), bytes);
        bytes[0] = 'b';
        FencedValue read = resource.read(KEY).orElseThrow();
        read.value()[0] = 'c';
        assertThat(resource.read(KEY)).isEqualTo(value(1, "a")).hasValue(read);
        assertThat(read).hasToString("1 bytes by token 1").hasSameHashCodeAs(new FencedValue(token(1), new byte[] {'a'
        }));
        assertThat(read).isNotEqualTo(new FencedValue(token(2), new byte[] {'a'}));
    }

    /** A write as its caller was told of it. */
    private record Told(long token, String value, Optional<FencedWrite> outcome, boolean certainlyNot) {}

    /** Writers with faults of all kinds: what each is told is true of what took effect. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatCallersAreToldIsTrue(long seed) {
        Random seeds = new Random(seed);
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<List<Told>>> writers = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            Random random = new Random(seeds.nextLong());
            String name = "writer " + writer;
            FencedResource own = FencedResources.over(store, name, SHORT);
            writers.add(CompletableFuture.supplyAsync(() -> written(own, name, random)));
        }
        CompletableFuture<Void> courier = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                store.deliverLate();
                Thread.onSpinWait();
            }
        });
        List<Told> all = new ArrayList<>();
        writers.forEach(writer -> all.addAll(writer.join()));
        over.set(true);
        courier.join();
        store.deliverLate();

        List<Write> applied = store.applied();
        assertThat(applied.stream().map(write -> write.token().value()))
                .as("accepted tokens, in the order of taking effect")
                .isSorted();
        for (Told told : all) {
            long times = applied.stream()
                    .filter(write -> new String(write.value().orElseThrow(), UTF_8).equals(told.value()))
                    .count();
            if (told.outcome().isEmpty() && !told.certainlyNot()) {
                assertThat(times).as("how often %s took effect", told).isLessThanOrEqualTo(1);
            } else {
                boolean accepted = told.outcome().map(FencedWrite::isAccepted).orElse(false);
                assertThat(times).as("how often %s took effect", told).isEqualTo(accepted ? 1 : 0);
            }
        }
        assertThat(all).anyMatch(told -> told.outcome().equals(Optional.of(accepted())));
    }

    private List<Told> written(FencedResource own, String name, Random random) {
        List<Told> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long token = 1L + i / 3 + random.nextInt(5);
            String value = name + " " + i;
            store.next(FAULTS.get(random.nextInt(FAULTS.size())));
            try {
                all.add(new Told(token, value, Optional.of(write(own, token, value)), false));
            } catch (LockException e) {
                all.add(new Told(token, value, Optional.empty(), e instanceof LockUnavailableException));
            }
        }
        return all;
    }
}
