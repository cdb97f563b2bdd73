package io.fencepost.scenarios.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.HistoryWriter;
import io.fencepost.scenarios.worker.Command.StoreAnswer;
import io.fencepost.scenarios.worker.Event.StoreAsked;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtectedStoreTest {
    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private HistoryWriter writer;

    @SuppressWarnings("NullAway.Init")
    private ProtectedStore store;

    private long requests;

    @BeforeEach
    void open() throws IOException {
        writer = HistoryWriter.create(folder.resolve("history.jsonl.gz"));
        store = new ProtectedStore(new Recorder(writer));
    }

    @AfterEach
    void close() throws IOException {
        writer.close();
    }

    @Test
    void updatesOneAfterTheOtherAddUpInBothCopies() {
        for (long token = 1; token <= 3; token++) {
            write(token, read(token));
        }

        StoreAnswer end = read(4);
        assertThat(end.value()).isEqualTo(3);
        assertThat(end.twinValue()).isEqualTo(3);
    }

    @Test
    void aWriteWithAnOldTokenIsRefusedByOneCopyAndLosesAnUpdateInTheOther() throws IOException {
        StoreAnswer stale = read(1);
        write(2, read(2));

        StoreAnswer answer = write(1, stale);

        assertThat(answer.accepted()).isFalse();
        assertThat(answer.value()).isEqualTo(1);
        assertThat(answer.twinValue()).isEqualTo(1);
        writer.close();
        assertThat(History.read(folder.resolve("history.jsonl.gz")).events())
                .last()
                .satisfies(event -> {
                    assertThat(event.text(Field.FENCED)).isEqualTo("refused");
                    assertThat(event.number(Field.TWIN_LOST)).isEqualTo(1);
                });
    }

    @Test
    void aReadWithANewerTokenAlreadyShutsOutTheOlderOne() {
        StoreAnswer old = read(1);
        StoreAnswer young = read(2);

        assertThat(write(1, old).accepted()).isFalse();
        assertThat(write(2, young).accepted()).isTrue();
    }

    @Test
    void theSameTokenMayReadAndWriteAgain() {
        write(5, read(5));
        assertThat(write(5, read(5)).value()).isEqualTo(2);
    }

    @Test
    void locksHaveNothingToDoWithEachOther() {
        write(9, read(9));
        StoreAnswer other = store.handle("w1", new StoreAsked(++requests, "read", "other", 1, 1, 0, 0, 0));
        assertThat(other.accepted()).isTrue();
        assertThat(other.value()).isZero();
    }

    private StoreAnswer read(long token) {
        return store.handle("w1", new StoreAsked(++requests, "read", "lock", token, 1, 0, 0, 0));
    }

    private StoreAnswer write(long token, StoreAnswer seen) {
        return store.handle(
                "w1",
                new StoreAsked(
                        ++requests, "write", "lock", token, 1, seen.value(), seen.twinValue(), seen.twinUpdates()));
    }
}
