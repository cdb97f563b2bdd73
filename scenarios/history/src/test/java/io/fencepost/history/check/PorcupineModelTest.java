package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fencepost.history.Exports;
import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The export for Porcupine, judged as Porcupine would with the model of the README, agrees with K4. */
class PorcupineModelTest {
    private static final int HISTORIES = 1_000;

    private record State(String holder, long token, int done) {}

    private final Set<State> dead = new HashSet<>();
    private final List<JsonNode> operations = new ArrayList<>();

    @Test
    void agreesWithTheChecker(@TempDir Path folder) throws IOException {
        Random random = new Random(1);
        JsonMapper mapper = JsonMapper.builder().build();
        Path file = folder.resolve("porcupine.jsonl");
        int valid = 0;
        for (int i = 0; i < HISTORIES; i++) {
            History history = RandomLeases.draw(random);
            Exports.porcupine(history, file);
            operations.clear();
            dead.clear();
            for (String line : Files.readAllLines(file)) {
                operations.add(mapper.readTree(line));
            }
            boolean linearizable = isLinearizable(new State("", 0, 0));
            Verdict verdict =
                    new LeaseMutexChecker().check(history, RunFacts.builder().build());
            assertThat(linearizable)
                    .as("history %d:\n%s", i, LeaseMutexSearch.tell(history))
                    .isEqualTo(verdict.result() == Result.VALID);
            valid += linearizable ? 1 : 0;
        }
        assertThat(valid).isBetween(HISTORIES / 5, HISTORIES * 4 / 5);
    }

    private boolean isLinearizable(State state) {
        if (Integer.bitCount(state.done) == operations.size()) {
            return true;
        }
        if (!dead.add(state)) {
            return false;
        }
        long earliestReturn = Long.MAX_VALUE;
        for (int i = 0; i < operations.size(); i++) {
            if ((state.done & 1 << i) == 0) {
                earliestReturn =
                        Math.min(earliestReturn, operations.get(i).get("return").asLong());
            }
        }
        for (int i = 0; i < operations.size(); i++) {
            JsonNode operation = operations.get(i);
            if ((state.done & 1 << i) == 0
                    && operation.get("call").asLong() <= earliestReturn
                    && accepts(state, operation)
                    && isLinearizable(next(state, operation, state.done | 1 << i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean accepts(State state, JsonNode operation) {
        return operation.get("op").asText().equals("acquire")
                ? state.holder.isEmpty() && operation.get("token").asLong() > state.token
                : state.holder.equals(operation.get("grant").asText());
    }

    private static State next(State state, JsonNode operation, int done) {
        return switch (operation.get("op").asText()) {
            case "acquire" ->
                new State(
                        operation.get("grant").asText(), operation.get("token").asLong(), done);
            case "renew" -> new State(state.holder, state.token, done);
            default -> new State("", state.token, done);
        };
    }
}
