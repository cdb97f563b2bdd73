package io.fencepost.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportsTest {
    @TempDir
    Path folder;

    private static History history() {
        Story story = new Story();
        story.grant("w1", 1, 0, 1).renewed(2, 3).released(4, 6);
        story.grant("w2", 2, 3, 5);
        story.refused("w3", "a", "contended", 7, 8);
        story.unknown("w3", "a", 9, 10);
        story.grant("w1", "b/\u00fc\"", 1, 8, 8, 10, 100).notHeld(11, 12);
        return story.history();
    }

    @Test
    void writesAFileALockForKnossos() throws IOException {
        List<Path> files = Exports.knossos(history(), folder.resolve("knossos"));
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("1-a.edn", "2-b%2F%C3%BC%22.edn");
        assertThat(Files.readAllLines(files.get(0)))
                .containsExactly(
                        "{:index 0, :time 0, :process 0, :type :invoke, :f :acquire, :value \"w1/1\"}",
                        "{:index 1, :time 1000000, :process 0, :type :ok, :f :acquire, :value \"w1/1\"}",
                        "{:index 2, :time 3000000, :process 0, :type :invoke, :f :acquire, :value \"w2/1\"}",
                        "{:index 3, :time 4000000, :process 1, :type :invoke, :f :release, :value \"w1/1\"}",
                        "{:index 4, :time 5000000, :process 0, :type :ok, :f :acquire, :value \"w2/1\"}",
                        "{:index 5, :time 6000000, :process 1, :type :ok, :f :release, :value \"w1/1\"}",
                        "{:index 6, :time 7000000, :process 0, :type :invoke, :f :acquire, :value nil}",
                        "{:index 7, :time 8000000, :process 0, :type :fail, :f :acquire, :value nil}",
                        "{:index 8, :time 9000000, :process 1, :type :invoke, :f :acquire, :value nil}",
                        "{:index 9, :time 9000000, :process 1, :type :info, :f :acquire, :value nil}",
                        "{:index 10, :time 103000000, :process 0, :type :invoke, :f :release, :value \"w2/1\"}",
                        "{:index 11, :time 103000000, :process 0, :type :info, :f :release, :value \"w2/1\"}");
    }

    @Test
    void writesALineAnOperationForPorcupine() throws IOException {
        Path file = folder.resolve("porcupine.jsonl");
        assertThat(Exports.porcupine(history(), file)).isEqualTo(7);
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"client\":0,\"lock\":\"a\",\"op\":\"acquire\",\"grant\":\"w1/1\",\"token\":1,\"call\":0,\"return\":1000000}",
                        "{\"client\":0,\"lock\":\"a\",\"op\":\"renew\",\"grant\":\"w1/1\",\"call\":2000000,\"return\":3000000}",
                        "{\"client\":1,\"lock\":\"a\",\"op\":\"acquire\",\"grant\":\"w2/1\",\"token\":2,\"call\":3000000,\"return\":5000000}",
                        "{\"client\":0,\"lock\":\"a\",\"op\":\"end\",\"grant\":\"w1/1\",\"call\":4000000,\"return\":6000000}",
                        "{\"client\":1,\"lock\":\"a\",\"op\":\"end\",\"grant\":\"w2/1\",\"call\":103000000,\"return\":103000001}",
                        "{\"client\":0,\"lock\":\"b/\u00fc\\\"\",\"op\":\"acquire\",\"grant\":\"w1/3\",\"token\":1,\"call\":8000000,\"return\":10000000}",
                        "{\"client\":0,\"lock\":\"b/\u00fc\\\"\",\"op\":\"end\",\"grant\":\"w1/3\",\"call\":11000000,\"return\":12000000}");
    }
}
