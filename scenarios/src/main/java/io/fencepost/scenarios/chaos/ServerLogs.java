package io.fencepost.scenarios.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** What servers logged during one run. For use by one thread. */
final class ServerLogs {
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_PANICS = 20;
    private static final int MOST_CHARACTERS = 500;
    // not ZooKeeper's 'Severe unrecoverable error': a follower says so whenever it loses its leader, and recovers
    private static final Pattern PANIC =
            Pattern.compile("java\\.lang\\.(OutOfMemory|StackOverflow|Assertion)Error|\\bFATAL\\b"
                    + "|REDIS BUG REPORT|SIGSEGV|Segmentation fault|CorruptSSTable|CommitLogReplayException"
                    + "|Unable to load database");

    private final Cluster cluster;
    private final Map<ServerNode, Long> begin = new HashMap<>();

    /** From now on. */
    ServerLogs(Cluster cluster) throws IOException {
        this.cluster = cluster;
        for (ServerNode node : cluster.nodes()) {
            begin.put(node, size(node));
        }
    }

    /** Copies what was logged since into a folder, and records what looks as if a server had failed by itself. */
    void collect(Path folder, Recorder recorder) throws IOException {
        Files.createDirectories(folder);
        for (ServerNode node : cluster.nodes()) {
            byte[] bytes = since(node);
            try (OutputStream out =
                    new GZIPOutputStream(Files.newOutputStream(folder.resolve(node.id() + ".log.gz")))) {
                out.write(bytes);
            }
            new String(bytes, UTF_8)
                    .lines()
                    .filter(line -> PANIC.matcher(line).find())
                    .limit(MOST_PANICS)
                    .forEach(line ->
                            recorder.serverLog(node.id(), line.substring(0, Math.min(line.length(), MOST_CHARACTERS))));
        }
    }

    private byte[] since(ServerNode node) throws IOException {
        long size = size(node);
        long from = Math.max(Math.min(begin.getOrDefault(node, 0L), size), size - MOST_BYTES);
        if (size == 0) {
            return new byte[0];
        }
        byte[] bytes = new byte[(int) (size - from)];
        try (RandomAccessFile file = new RandomAccessFile(node.log().toFile(), "r")) {
            file.seek(from);
            file.readFully(bytes);
        }
        return bytes;
    }

    private static long size(ServerNode node) throws IOException {
        return Files.exists(node.log()) ? Files.size(node.log()) : 0;
    }
}
