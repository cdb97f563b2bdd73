package io.fencepost.lock.zookeeper;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process that waits for one lock, says so when it has it, and releases it: to be stopped and killed. */
final class FairWorker implements AutoCloseable {
    private static final String GRANTED = "granted ";

    private final Process process;
    private final BlockingQueue<Long> tokens = new LinkedBlockingQueue<>();

    private FairWorker(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "fair-worker-output");
        reader.setDaemon(true);
        reader.start();
    }

    static FairWorker start(String uri, String name) throws IOException {
        String classPath = Stream.of("java.class.path", "jdk.module.path")
                .map(key -> System.getProperty(key, ""))
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                classPath,
                FairWorker.class.getName(),
                uri,
                name);
        return new FairWorker(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read() {
        process.inputReader(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(GRANTED))
                .forEach(line -> tokens.add(Long.parseLong(line.substring(GRANTED.length()))));
    }

    /** The token of its lease, or -1 if none was granted in time. */
    long token(Duration limit) throws InterruptedException {
        Long token = tokens.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        return token == null ? -1 : token;
    }

    void signal(String signal) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("no signal " + signal + " to " + process.pid());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** @param args the URI and the name of the lock */
    public static void main(String[] args) throws InterruptedException {
        try (LockClient client = LockClients.open(args[0])) {
            Lease lease = client.lock(args[1], LockOptions.ttl(Duration.ofSeconds(10)))
                    .acquire();
            System.out.println(GRANTED + lease.token().value());
            lease.release();
        }
    }
}
