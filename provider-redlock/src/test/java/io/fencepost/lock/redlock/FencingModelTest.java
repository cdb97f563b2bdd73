package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.redlock.FencingModel.Action;
import io.fencepost.lock.redlock.FencingModel.Amnesia;
import io.fencepost.lock.redlock.FencingModel.Weakness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** That tokens are in order and holders exclude each other, whatever the order of events; and that this test would notice if not. */
class FencingModelTest {
    private static final int MAX_STEPS = 200;

    @Test
    void tokensAreInOrderWhateverExpires() {
        int held = 0;
        for (int seed = 0; seed < 40_000; seed++) {
            FencingModel model = random(seed, Weakness.NONE, Amnesia.NEVER, true);
            assertThat(model.violation()).as("seed %d", seed).isEmpty();
            held += (int) model.held();
        }
        assertThat(held).as("attempts that held the lock").isGreaterThan(10_000);
    }

    @Test
    void holdersExcludeEachOtherWhileNothingExpires() {
        int held = 0;
        for (int seed = 0; seed < 40_000; seed++) {
            FencingModel model = random(seed, Weakness.NONE, Amnesia.NEVER, false);
            assertThat(model.violation()).as("seed %d", seed).isEmpty();
            held += (int) model.held();
        }
        assertThat(held).as("attempts that held the lock").isGreaterThan(10_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handoffsKeepTheOrderOfTokensAndExclusion(boolean expiry) {
        int handedOff = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            FencingModel model = random(seed, Weakness.NONE, Amnesia.NEVER, expiry, true);
            assertThat(model.violation()).as("seed %d", seed).isEmpty();
            handedOff += (int) model.handedOff();
        }
        assertThat(handedOff).as("attempts that held the lock by a handoff").isGreaterThan(4_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void handoffsAtNodesThatForgetBreakNothing(boolean expiry) {
        int handedOff = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            FencingModel model = random(seed, Weakness.NONE, Amnesia.GUARDED, expiry, true);
            assertThat(model.violation()).as("seed %d", seed).isEmpty();
            handedOff += (int) model.handedOff();
        }
        assertThat(handedOff).as("attempts that held the lock by a handoff").isGreaterThan(1_000);
    }

    /** Without expiry where the weakness is one of handoffs: it is exclusion that most of them break. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void everyWeaknessIsNoticed(Weakness weakness) {
        for (int seed = 0; seed < 2_000_000; seed++) {
            boolean handoffs = weakness.isOfHandoff();
            if (!random(seed, weakness, Amnesia.NEVER, !handoffs, handoffs)
                    .violation()
                    .isEmpty()) {
                return;
            }
        }
        throw new AssertionError(weakness + " was not noticed in two million runs");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nodesThatForgetBreakNothingIfTheyAreCaughtUp(boolean expiry) {
        int held = 0;
        int caughtUp = 0;
        for (int seed = 0; seed < 100_000; seed++) {
            FencingModel model = random(seed, Weakness.NONE, Amnesia.GUARDED, expiry);
            assertThat(model.violation()).as("seed %d", seed).isEmpty();
            held += (int) model.held();
            caughtUp += model.caughtUp();
        }
        assertThat(held).as("attempts that held the lock").isGreaterThan(10_000);
        assertThat(caughtUp).as("nodes that came to count again").isGreaterThan(10_000);
    }

    @ParameterizedTest
    @EnumSource
    void everyGapInTheGuardIsNoticed(Amnesia amnesia) {
        if (amnesia.isRight()) {
            return;
        }
        for (int seed = 0; seed < 2_000_000; seed++) {
            if (!random(seed, Weakness.NONE, amnesia, true).violation().isEmpty()) {
                return;
            }
        }
        throw new AssertionError(amnesia + " was not noticed in two million runs");
    }

    /**
     * All orders in which the requests and answers of two attempts at three nodes can go, with a mark that vanishes at any moment, from fences that make a second round necessary.
     * What the random runs have and this has not: several marks that vanish, mishaps, three attempts, five nodes.
     */
    @Test
    void noOrderOfEventsBreaksTheOrderOfTokens() {
        int states = search(
                () -> new FencingModel(
                        Weakness.NONE, Amnesia.NEVER, true, false, new long[] {0, 1, 2}, new long[] {0, 0}),
                FencingModelTest::calm);
        assertThat(states).as("states").isGreaterThan(10_000);
    }

    /** All orders in which the messages of a lease that is handed on twice can go at three nodes, with a mark that vanishes at any moment. */
    @Test
    void noOrderOfEventsBreaksAChainOfHandoffs() {
        int states = search(
                FencingModelTest::handedOn,
                (model, expired) -> afterTheFirst(
                        model,
                        name -> name.startsWith("hand off")
                                || name.startsWith("run")
                                || name.startsWith("reply")
                                || name.startsWith("skip")
                                || (!expired && name.equals("expire"))));
        assertThat(states).as("states").isGreaterThan(4_000);
    }

    /** All orders of the messages of one handoff and of an attempt of another client, with a mark that vanishes at any moment. */
    @Test
    void noOrderOfEventsLetsAStrangerIntoAHandoff() {
        int states = search(
                FencingModelTest::handedOn,
                (model, expired) -> afterTheFirst(
                        model,
                        name -> name.equals("hand off 01")
                                || name.equals("start 2")
                                || name.startsWith("run")
                                || name.startsWith("reply")
                                || (!expired && name.equals("expire"))));
        assertThat(states).as("states").isGreaterThan(10_000);
    }

    private static FencingModel handedOn() {
        return new FencingModel(Weakness.NONE, Amnesia.NEVER, true, true, new long[] {0, 0, 0}, new long[] {0, 0, 0});
    }

    /** The first attempt has its three grants before anything else happens. */
    private static List<Action> afterTheFirst(FencingModel model, Predicate<String> may) {
        List<Action> actions = model.enabled();
        Stream<Action> first = actions.stream()
                .filter(action -> action.name().equals("start 0")
                        || action.name().startsWith("run 0")
                        || action.name().startsWith("reply 0"));
        if (model.held() == 0) {
            return first.limit(1).toList();
        }
        return actions.stream().filter(action -> may.test(action.name())).toList();
    }

    private interface Choice {
        /** @param expired whether a mark has vanished before */
        List<Action> of(FencingModel model, boolean expired);
    }

    /** @return how many states there are */
    private static int search(Supplier<FencingModel> start, Choice choice) {
        Set<String> seen = new HashSet<>();
        Deque<List<Integer>> open = new ArrayDeque<>();
        open.push(List.of());
        while (!open.isEmpty()) {
            List<Integer> path = new ArrayList<>(open.pop());
            FencingModel model = start.get();
            boolean expired = false;
            for (int index : path) {
                Action action = choice.of(model, expired).get(index);
                expired |= action.name().equals("expire");
                action.run().run();
            }
            while (seen.add(expired + model.fingerprint())) {
                assertThat(model.violation()).as("after choices %s", path).isEmpty();
                List<Action> actions = choice.of(model, expired);
                if (actions.isEmpty()) {
                    break;
                }
                for (int index = 1; index < actions.size(); index++) {
                    List<Integer> other = new ArrayList<>(path);
                    other.add(index);
                    open.push(other);
                }
                path.add(0);
                expired |= actions.get(0).name().equals("expire");
                actions.get(0).run().run();
            }
        }
        return seen.size();
    }

    /** Without mishaps, and without releases, which do nothing that expiry does not do as well; one of two equal attempts starts first. */
    private static List<Action> calm(FencingModel model, boolean expired) {
        List<Action> actions = model.enabled();
        if (actions.get(0).name().equals("start 0")) {
            return actions.subList(0, 1);
        }
        return actions.stream()
                .filter(action ->
                        !isMishap(action) || (!expired && action.name().equals("expire")))
                .filter(action ->
                        !action.name().startsWith("free") && !action.name().startsWith("release"))
                .toList();
    }

    private static FencingModel random(int seed, Weakness weakness, Amnesia amnesia, boolean expiry) {
        return random(seed, weakness, amnesia, expiry, false);
    }

    private static FencingModel random(int seed, Weakness weakness, Amnesia amnesia, boolean expiry, boolean handoffs) {
        Random random = new Random(seed);
        int nodes = 1 + 2 * random.nextInt(3);
        long[] fences = random.longs(nodes, 0, 4).toArray();
        long[] hints = random.longs(2 + random.nextInt(handoffs ? 4 : 2), 0, 5).toArray();
        FencingModel model = new FencingModel(weakness, amnesia, expiry, handoffs, fences, hints);
        // mishaps are rare in most runs, or hardly any attempt would succeed
        int mishaps = random.nextInt(4);
        for (int step = 0; step < MAX_STEPS && model.violation().isEmpty(); step++) {
            List<Action> actions = new ArrayList<>(model.enabled());
            actions.removeIf(action -> isMishap(action) && random.nextInt(8) > mishaps);
            // else nobody would be left to hand the lock to
            actions.removeIf(action -> handoffs && endsTheChance(action) && random.nextInt(8) > 0);
            if (actions.isEmpty()) {
                break;
            }
            actions.get(random.nextInt(actions.size())).run().run();
        }
        return model;
    }

    private static boolean endsTheChance(Action action) {
        String name = action.name();
        return name.startsWith("release") || (name.startsWith("start") && !name.equals("start 0"));
    }

    private static boolean isMishap(Action action) {
        String name = action.name();
        return name.startsWith("break")
                || name.startsWith("deadline")
                || name.startsWith("expire")
                || name.startsWith("forget");
    }
}
