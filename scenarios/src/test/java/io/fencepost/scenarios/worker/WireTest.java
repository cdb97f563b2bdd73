package io.fencepost.scenarios.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    static Stream<Command> commands() {
        return Stream.of(
                new Command.ReadClock(),
                new Command.Loop(1, List.of("a \"b\"\n", "ü/…"), 16, 5_000, 2_000, 123_456_789_012L, -1, 42),
                new Command.Stop(2),
                new Command.Hold(3, "a", 2_500, 40_000),
                new Command.LetGo(4),
                new Command.Work(5, List.of("a"), 2, 1_000, 2_000, 20, 0.25, 500, 0.5, 10, 42),
                new Command.StoreAnswer(6, true, 7, 8, 9),
                new Command.Load(7, List.of("a"), 2, 1_000, 2_000, 3, Arrivals.POISSON, 12.5, 4, 0, 2, 5, 6, "l\no"),
                new Command.KeepLeases(8, "a\nb", 3, 1_000, 4, 5, 6, 7));
    }

    static Stream<Event> events() {
        return Stream.of(
                new Event.Ready(1),
                new Event.Clock(Long.MAX_VALUE),
                new Event.Granted(1, 2, "a\nb", 3, 4, 5, 6, 7),
                new Event.Extended(1, 2),
                new Event.Released(1, 2, Validity.OVER),
                new Event.LoopEnded(1, 2, 3, "", List.of(1L, 2L)),
                new Event.Waiting(1),
                new Event.Holding(1, 2),
                new Event.LetGone(1, 2),
                new Event.TaskFailed(1, "why\nnot"),
                new Event.Happened(1, 2, "ok", "acquire", 3, Map.of("lock", "a\nb", "token", 1L << 40, "flag", true)),
                new Event.StoreAsked(1, "write", "a\nb", 2, 3, 4, 5, 6),
                new Event.WorkEnded(1),
                new Event.LoadEnded(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, "why\nnot"),
                new Event.LeasesAcquired(1, 2, 3, 4, "why\nnot", 5, 6, 7),
                new Event.LeasesKept(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, List.of(11L, 12L)),
                new Event.LeasesReleased(1, 2, 3, 4, 5));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandsAreOneLineAndComeBack(Command command) throws IOException {
        String line = Wire.encode(command);

        assertThat(line).doesNotContain("\n");
        assertThat(Wire.command(line)).isEqualTo(command);
    }

    @ParameterizedTest
    @MethodSource("events")
    void eventsAreOneLineAndComeBack(Event event) throws IOException {
        String line = Wire.encode(event);

        assertThat(line).doesNotContain("\n");
        assertThat(Wire.event(line)).isEqualTo(event);
    }

    @Test
    void everyKindIsTried() {
        assertThat(commands().map(Object::getClass)).containsExactlyInAnyOrder(Command.class.getPermittedSubclasses());
        assertThat(events().map(Object::getClass))
                .containsAll(Stream.of(Event.class.getPermittedSubclasses())
                        .filter(kind -> kind != Event.OfTask.class)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "{}", "{\"event\":\"unheardOf\"}", "{\"event\":\"granted\",\"grant\":1,\"thr"})
    void whatIsNoEventIsRefused(String line) {
        assertThatThrownBy(() -> Wire.event(line)).isInstanceOf(IOException.class);
    }
}
