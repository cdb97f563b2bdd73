package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    private final Settings settings = Backends.settings("redlock://a,b,c");
    private final Target target = new Target();

    @Test
    void aQuorumIsReadToTheEnd() {
        CompletableFuture<Long> result = catchUp(2, pages("1", "2"), pages("4"), (script, keys, args) -> never());
        assertThat(result).isCompletedWithValue(3L);
        assertThat(target.fences).containsExactlyInAnyOrderEntriesOf(Map.of("f1", "1", "f2", "2", "f4", "4"));
        assertThat(catchUp(2, pages("1"), (script, keys, args) -> never())).isNotDone();
    }

    @Test
    void thereMustBeEnoughToRead() {
        assertThat(catchUp(2, pages("1"), (script, keys, args) -> failed(), pages("2")))
                .isCompletedWithValue(2L);
        assertThat(catchUp(2, pages("1"), (script, keys, args) -> failed())).isCompletedExceptionally();
        assertThat(catchUp(2, pages("1"), (script, keys, args) -> answer(0L))).isCompletedExceptionally();
    }

    @Test
    void withoutAPromiseWhatCanBeReadIsEnough() {
        assertThat(catchUp(0)).isCompletedWithValue(0L);
        assertThat(catchUp(0, pages("1"), (script, keys, args) -> failed())).isCompletedWithValue(1L);
        assertThat(catchUp(0, pages("1"), (script, keys, args) -> never())).isNotDone();
        assertThat(catchUp(0, (script, keys, args) -> answer(0L), pages("1")))
                .as("one that is there, and changes")
                .isCompletedExceptionally();
    }

    @Test
    void aTargetThatLosesItsMarkerIsLeft() {
        target.marker = "other";
        assertThat(catchUp(1, pages("1"))).isCancelled();
        assertThat(target.fences).isEmpty();
    }

    private CompletableFuture<Long> catchUp(int needed, CatchUp.Server... sources) {
        List<CatchUp.Source> all = new ArrayList<>();
        for (CatchUp.Server source : sources) {
            all.add(new CatchUp.Source("member", source));
        }
        return new CatchUp(settings, target, "joining", needed).from(all);
    }

    /** A source with one fence a page. */
    private static CatchUp.Server pages(String... fences) {
        return (script, keys, args) -> {
            int page = Integer.parseInt(args[2]);
            String next = page + 1 == fences.length ? "0" : Integer.toString(page + 1);
            assertThat(args).startsWith("member", "fencepost:fence:*");
            return answer(1L, next, "f" + fences[page], fences[page]);
        };
    }

    private static CompletableFuture<List<Object>> answer(Object... words) {
        return CompletableFuture.completedFuture(List.of(words));
    }

    private static CompletableFuture<List<Object>> failed() {
        return CompletableFuture.failedFuture(new IllegalStateException("made to fail"));
    }

    private static CompletableFuture<List<Object>> never() {
        return new CompletableFuture<>();
    }

    private static final class Target implements CatchUp.Server {
        private final Map<String, String> fences = new TreeMap<>();
        private String marker = "joining";

        @Override
        public CompletableFuture<List<Object>> ask(Script script, String[] keys, String... args) {
            assertThat(script).isEqualTo(Script.LIFT);
            if (!args[0].equals(marker)) {
                return answer(0L);
            }
            for (int i = 1; i < keys.length; i++) {
                fences.put(keys[i], args[i]);
            }
            return answer(1L);
        }
    }
}
