package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** K4 against the search through all orders, on small histories drawn at random. */
class LeaseMutexSearchTest {
    private static final int HISTORIES = 2_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agreesWithTheSearch(long seed) {
        Random random = new Random(seed);
        LeaseMutexChecker checker = new LeaseMutexChecker();
        RunFacts facts = RunFacts.builder().build();
        int valid = 0;
        int wrongOrder = 0;
        int falseAnswers = 0;
        for (int i = 0; i < HISTORIES; i++) {
            History history = RandomLeases.draw(random);
            Verdict verdict = checker.check(history, facts);
            boolean ordered = LeaseMutexSearch.isLinearizable(history, true);
            assertThat(verdict.result())
                    .as("seed %d, history %d:\n%s", seed, i, LeaseMutexSearch.tell(history))
                    .isEqualTo(ordered ? Result.VALID : Result.INVALID);
            boolean exclusive = ordered || LeaseMutexSearch.isLinearizable(history, false);
            assertThat(verdict.findings().stream().allMatch(found -> found.kind() == Finding.Kind.TOKEN_REGRESSION))
                    .as("exclusion of seed %d, history %d:\n%s", seed, i, LeaseMutexSearch.tell(history))
                    .isEqualTo(exclusive);
            boolean explained = exclusive || LeaseMutexSearch.isLinearizableUnlessReleased(history);
            assertThat(verdict.findings().stream().noneMatch(found -> found.kind() == Finding.Kind.DOUBLE_HOLDER))
                    .as("answers of seed %d, history %d:\n%s", seed, i, LeaseMutexSearch.tell(history))
                    .isEqualTo(explained);
            falseAnswers += explained && !exclusive ? 1 : 0;
            valid += ordered ? 1 : 0;
            wrongOrder += exclusive && !ordered ? 1 : 0;
        }
        assertThat(valid).isBetween(HISTORIES / 5, HISTORIES * 4 / 5);
        assertThat(wrongOrder).isGreaterThan(HISTORIES / 50);
        assertThat(falseAnswers).isGreaterThan(HISTORIES / 100);
    }
}
