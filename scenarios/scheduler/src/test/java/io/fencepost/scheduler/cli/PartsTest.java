package io.fencepost.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

/** The small parts that the commands are made of. */
class PartsTest {
    @Test
    void whatWasOpenedLastIsClosedFirstWhateverTheOthersThrow() {
        List<String> closed = new ArrayList<>();
        Opened opened = new Opened();
        opened.add(() -> closed.add("first"));
        opened.add(() -> {
            closed.add("second");
            throw new IOException("of the second");
        });
        opened.add(() -> {
            closed.add("third");
            throw new AssertionError("of the third");
        });

        assertThatThrownBy(opened::close)
                .hasMessage("not everything could be closed")
                .cause()
                .hasMessage("of the third")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("third", "second", "first");
    }

    @Test
    void aTemporaryFolderGoesWithItsContent() throws IOException {
        TemporaryFolder folder = TemporaryFolder.create("fencepost-test");
        Files.createDirectory(folder.path().resolve("sub"));
        Files.writeString(folder.path().resolve("sub").resolve("file"), "text");

        folder.close();

        assertThat(folder.path()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "10s,PT10S", "2m,PT2M", "1h,PT1H", "PT1M30S,PT1M30S", "0s,PT0S"})
    void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10", "s", "-1s", "1d", "9999999999s"})
    void otherDurationsAreRefusedWithTheirText(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.5S,500ms",
        "PT10S,10s",
        "PT1M30S,90s",
        "PT2M,2m",
        "PT1H,1h",
        "PT0S,0s",
        "PT0.0000001S,PT0.0000001S",
        "PT-5S,PT-5S",
        "PT2562047788015215H,PT2562047788015215H"
    })
    void durationsAreShownAsTheyAreWritten(Duration duration, String text) {
        assertThat(Ranges.text(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "redlock://user:secret@h1:6379,redlock,redlock://h1:6379",
        "cassandra://:p@h:9042/jobs?password=secret,cassandra,cassandra://h:9042/jobs",
        "sqlite:/tmp/jobs.db,sqlite,sqlite:/tmp/jobs.db"
    })
    void whatIsShownOfAUriHasNoPassword(String uri, String scheme, String shown) {
        assertThat(Uris.scheme(uri)).isEqualTo(scheme);
        assertThat(Uris.withoutSecrets(uri)).isEqualTo(shown);
    }

    @Test
    @Timeout(20)
    void theEndOfTheInputIsARequestToStop() throws InterruptedException {
        StopRequest stop = StopRequest.withoutSignals();

        stop.alsoAtTheEndOf(new ByteArrayInputStream("words\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .await();

        assertThat(stop.isAsked()).isTrue();
    }

    @Test
    void theFailureOfAWorkerIsARequestToStop() {
        StopRequest stop = StopRequest.withoutSignals();
        assertThat(stop.isAsked()).isFalse();

        stop.whenFailed().failed(new NoClassDefFoundError("as the test wants it"));

        assertThat(stop.isAsked()).isTrue();
    }
}
