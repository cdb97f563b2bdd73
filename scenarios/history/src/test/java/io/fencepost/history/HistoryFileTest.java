package io.fencepost.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again, also when the writer died. */
class HistoryFileTest {
    private static final String PHASE =
            "{\"t\":%d,\"p\":\"runner\",\"type\":\"info\",\"op\":\"phase\",\"name\":\"%s\"}";

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("history.jsonl.gz");
    }

    private static Event phase(long at, String name) {
        return Event.builder(EventType.INFO, Op.PHASE)
                .process(Op.RUNNER)
                .at(at)
                .with(Field.NAME, name)
                .build();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void readsWhatWasWrittenByTime() throws IOException {
        Story story = new Story();
        story.grant("w1", 1, 50, 60).renewed(70, 80).writes(90).released(95, 99);
        story.phase("warm-up", 0);
        try (HistoryWriter writer = HistoryWriter.create(file())) {
            for (Event event : story.events()) {
                writer.append(event);
            }
            assertThat(writer.size()).isEqualTo(story.events().size());
        }
        History history = History.read(file());
        assertThat(history.problems()).isEmpty();
        assertThat(history.events()).isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
        assertThat(history.events()).containsExactlyInAnyOrderElementsOf(story.events());
        assertThat(history.events().get(0).line())
                .as("the phase was told last")
                .isEqualTo(story.events().size());
    }

    @Test
    void keepsTheOrderOfLinesOfTheSameInstant() throws IOException {
        List<String> names = IntStream.range(0, 20).mapToObj(i -> "n" + i).toList();
        try (HistoryWriter writer = HistoryWriter.create(file())) {
            for (String name : names) {
                writer.append(phase(5, name));
            }
        }
        assertThat(History.read(file()).events())
                .extracting(event -> event.text(Field.NAME))
                .isEqualTo(names);
    }

    @Test
    void takesEventsOfManyThreads() throws Exception {
        try (HistoryWriter writer = HistoryWriter.create(file())) {
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(number -> new Thread(() -> {
                        for (int i = 0; i < 500; i++) {
                            try {
                                writer.append(phase(i, "t" + number));
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(History.read(file()).events()).hasSize(2_000);
    }

    @Test
    void readsWhatWasFlushedByAWriterThatDied() throws IOException {
        byte[] left;
        try (HistoryWriter writer = HistoryWriter.create(file())) {
            writer.append(phase(1, "warm-up"));
            writer.append(phase(2, "fault"));
            writer.flush();
            left = Files.readAllBytes(file());
        }
        Path cut = folder.resolve("cut");
        Files.write(cut, left);
        History history = History.read(cut);
        assertThat(history.events()).hasSize(2);
        assertThat(history.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("its writer was not closed"));
    }

    @Test
    void readsEveryPrefixOfAFile() throws IOException {
        Story story = new Story();
        for (int i = 0; i < 20; i++) {
            story.grant("w1", i + 1, i * 200L, i * 200L + 10).renewed(i * 200L + 20, i * 200L + 25);
        }
        try (HistoryWriter writer = HistoryWriter.create(file())) {
            for (Event event : story.events()) {
                writer.append(event);
                writer.flush();
            }
        }
        byte[] whole = Files.readAllBytes(file());
        Path cut = folder.resolve("cut");
        int before = 0;
        for (int length = 2; length < whole.length; length += 7) {
            Files.write(cut, Arrays.copyOf(whole, length));
            History history = History.read(cut);
            assertThat(history.problems()).isNotEmpty();
            assertThat(history.events().size()).isGreaterThanOrEqualTo(before);
            before = history.events().size();
        }
        assertThat(before).isEqualTo(story.events().size());
    }

    @Test
    void skipsALastLineThatIsNotComplete() throws IOException {
        Files.write(file(), gzip(PHASE.formatted(1, "fault") + "\n{\"t\":2,\"p\":\"run"));
        History history = History.read(file());
        assertThat(history.events()).hasSize(1);
        assertThat(history.problems())
                .containsExactly(new History.Problem(2, "the last line is not complete and was skipped"));
    }

    @Test
    void refusesAnyOtherLineThatIsNotAnEvent() throws IOException {
        Files.write(file(), gzip("\n{\"t\":2,\"p\":\"run\n" + PHASE.formatted(1, "fault") + "\n"));
        assertThatThrownBy(() -> History.read(file()))
                .isInstanceOfSatisfying(
                        HistoryFormatException.class, e -> assertThat(e.line()).isEqualTo(2))
                .hasMessageStartingWith("line 2: not an event: ");
    }

    @Test
    void refusesAnEventThatLacksWhatCheckersNeed() throws IOException {
        Files.write(
                file(),
                gzip("{\"t\":1,\"p\":\"w1\",\"type\":\"invoke\",\"op\":\"acquire\",\"id\":1,\"lock\":\"a\"}\n"
                        + PHASE.formatted(1, "fault") + "\n"));
        assertThatThrownBy(() -> History.read(file())).hasMessageContaining("acquire invoke of w1 needs 'ttl_ms'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Event.builder(EventType.OK, Op.RENEWED)
                        .process("w1")
                        .with(Field.GRANT, 1)
                        .build())
                .withMessageContaining("'valid_until'");
    }

    @Test
    void readsFilesThatAreNotCompressed() throws IOException {
        Files.writeString(file(), PHASE.formatted(1, "fault") + "\r\n" + PHASE.formatted(2, "final"));
        assertThat(History.read(file()).events()).hasSize(2);
        assertThat(History.read(file()).problems()).isEmpty();
    }

    @Test
    void readsAnEmptyFile() throws IOException {
        Files.writeString(file(), "");
        assertThat(History.read(file()).events()).isEmpty();
    }

    @Test
    void keepsFieldsThatNobodyKnows() throws IOException {
        String line = "{\"t\":-5,\"p\":\"w\\\"1\\u00e9\",\"th\":3,\"type\":\"info\",\"op\":\"weather\",\"id\":7,"
                + "\"sky\":\"blue\",\"warm\":true,\"wind\":2.5,\"list\":[1,\"x\",{\"y\":null}],\"nothing\":null}";
        Event event = Event.parse(line);
        assertThat(event.value("list")).isInstanceOf(List.class);
        assertThat(event.value("wind")).isEqualTo(2.5);
        assertThat(event.has("nothing")).isFalse();
        assertThat(event.names()).containsExactly("sky", "warm", "wind", "list", "nothing");
        assertThat(Event.parse(event.toJson())).isEqualTo(event);
        assertThat(event.toJson()).isEqualTo(line.replace("\\u00e9", "\u00e9"));
        assertThat(Event.builder(EventType.INFO, "x")
                        .process("w1")
                        .with("map", Map.of("a", List.of(1, 2L)))
                        .build()
                        .toJson())
                .isEqualTo("{\"t\":0,\"p\":\"w1\",\"type\":\"info\",\"op\":\"x\",\"map\":{\"a\":[1,2]}}");
    }

    @Test
    void refusesWhatIsNoEvent() {
        for (String line : List.of(
                "[]",
                "{}",
                "{\"t\":1}",
                "{\"t\":1,\"p\":\"w1\",\"type\":\"maybe\",\"op\":\"x\"}",
                "{\"t\":1,\"p\":\"w1\",\"type\":\"info\",\"op\":\"x\"} {}",
                "{\"t\":\"1\",\"p\":\"w1\",\"type\":\"info\",\"op\":\"x\"}")) {
            assertThatThrownBy(() -> Event.parse(line)).as(line).isInstanceOf(HistoryFormatException.class);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Event.builder(EventType.INFO, "x").with("t", 1));
    }

    @Test
    void refusesToOverwriteAHistoryOrToAppendToAClosedOne() throws IOException {
        HistoryWriter writer = HistoryWriter.create(file());
        writer.close();
        writer.close();
        assertThatIllegalStateException().isThrownBy(() -> writer.append(phase(1, "fault")));
        assertThatThrownBy(() -> HistoryWriter.create(file())).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void putsGrantsTogether() {
        Story story = new Story();
        story.grant("w1", 7, 0, 10).renewed(60, 65).lost(170).notHeld(180, 185);
        Grant grant = story.history().grants().getOrDefault("a", List.of()).get(0);
        assertThat(grant.token()).isEqualTo(7);
        assertThat(grant.validUntil()).isEqualTo(160_000_000);
        assertThat(grant.lastAttempt()).isEqualTo(60_000_000);
        assertThat(grant.heldUntil()).isEqualTo(160_000_000);
        assertThat(grant.lost()).isEqualTo(170_000_000);
        assertThat(grant.releaseInvoked()).isEqualTo(180_000_000);
        assertThat(story.history().grant("w1", 1)).isEqualTo(grant);
        assertThat(story.history().grant("w1", 2)).isNull();
    }
}
