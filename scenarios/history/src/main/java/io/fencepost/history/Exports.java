package io.fencepost.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Histories for other checkers of linearizability, which know no time: a lease that may end by itself is given an operation that ends it, which is invoked at its end of
 * validity and may take effect at any time from then on.
 *
 * <p>Ends of leases: a release answered {@code released} is itself. After one answered {@code not_held} the lease has ended by the return, from the release or the end of
 * validity on, whichever came first; after one that is not known, at any time from then on; without one, at any time from the end of validity on.
 */
public final class Exports {
    private static final int NAME_LENGTH = 100;
    private static final JsonFactory JSON = new JsonFactory();

    private Exports() {}

    /**
     * Writes one file of EDN a lock, {@code <number>-<lock>.edn}, for Knossos and its model {@code mutex}: a map a line, {@code :f} {@code :acquire} or {@code :release}. A
     * mutex knows no owners and no renewals, so Knossos accepts some histories that K4 rejects.
     *
     * @return the files
     */
    public static List<Path> knossos(History history, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, List<Span>> lock : spans(history).entrySet()) {
            String name = URLEncoder.encode(lock.getKey(), UTF_8).replace("*", "%2A");
            Path file = folder.resolve("%d-%s.edn"
                    .formatted(files.size() + 1, name.length() > NAME_LENGTH ? name.substring(0, NAME_LENGTH) : name));
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                writeEdn(lock.getValue(), out);
            }
            files.add(file);
        }
        return files;
    }

    /**
     * Writes one file of JSON Lines for Porcupine: an operation a line, by the time of its call, with {@code client}, {@code lock}, {@code op} ({@code acquire}, {@code renew}
     * or {@code end}), {@code grant}, {@code token} of an acquire, {@code call} and {@code return} in nanoseconds. What may take effect at any time returns after all the rest. The
     * model is in the module's README; with it Porcupine says the same as K4.
     *
     * @return how many operations were written
     */
    public static int porcupine(History history, Path file) throws IOException {
        int written = 0;
        Map<String, List<Span>> spans = spans(history);
        long never = 1 + latest(history, spans);
        try (BufferedWriter out = Files.newBufferedWriter(file);
                JsonGenerator json = JSON.createGenerator(out)) {
            json.setRootValueSeparator(null);
            for (Map.Entry<String, List<Span>> lock : spans.entrySet()) {
                Clients clients = new Clients();
                for (Span span : lock.getValue()) {
                    if (span.grant == null) {
                        continue;
                    }
                    writeJson(json, lock.getKey(), span, clients.next(span), never);
                    json.writeRaw('\n');
                    written++;
                }
            }
        }
        return written;
    }

    private static long latest(History history, Map<String, List<Span>> spans) {
        long latest = history.end();
        for (List<Span> ofLock : spans.values()) {
            for (Span span : ofLock) {
                latest = Math.max(latest, span.from);
            }
        }
        return latest;
    }

    private static void writeJson(JsonGenerator json, String lock, Span span, int client, long never)
            throws IOException {
        Grant grant = span.grant;
        if (grant == null) {
            return;
        }
        json.writeStartObject();
        json.writeNumberField("client", client);
        json.writeStringField("lock", lock);
        json.writeStringField("op", span.kind.name().toLowerCase(Locale.ROOT));
        json.writeStringField("grant", grant.process() + "/" + grant.id());
        if (span.kind == Kind.ACQUIRE) {
            json.writeNumberField("token", grant.token());
        }
        json.writeNumberField("call", span.from);
        json.writeNumberField("return", span.to == Grant.NEVER ? never : span.to);
        json.writeEndObject();
    }

    private static void writeEdn(List<Span> spans, BufferedWriter out) throws IOException {
        List<EdnLine> lines = new ArrayList<>();
        Clients clients = new Clients();
        for (Span span : spans) {
            if (span.kind == Kind.RENEW) {
                continue;
            }
            int process = clients.next(span);
            lines.add(new EdnLine(span.from, false, process, "invoke", span));
            boolean known = span.to != Grant.NEVER;
            lines.add(new EdnLine(
                    known ? span.to : span.from, known, process, known ? span.failed ? "fail" : "ok" : "info", span));
        }
        lines.sort(Comparator.comparingLong(EdnLine::at).thenComparing(EdnLine::completes));
        int index = 0;
        for (EdnLine line : lines) {
            out.write("{:index %d, :time %d, :process %d, :type :%s, :f :%s, :value %s}\n"
                    .formatted(
                            index++,
                            line.at,
                            line.process,
                            line.type,
                            line.span.kind == Kind.ACQUIRE ? "acquire" : "release",
                            line.span.grant == null
                                    ? "nil"
                                    : "\"" + ednText(line.span.grant.process()) + "/" + line.span.grant.id() + "\""));
        }
    }

    private static String ednText(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static Map<String, List<Span>> spans(History history) {
        Map<String, List<Span>> spans = new LinkedHashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.op().equals(Op.ACQUIRE) && operation.invoke().isOfWorker()) {
                List<Span> ofLock = spans.computeIfAbsent(operation.lock(), lock -> new ArrayList<>());
                Grant grant = operation.outcome() == Operation.Outcome.OK
                        ? history.grant(operation.process(), operation.id())
                        : null;
                if (grant != null) {
                    addGrant(grant, ofLock);
                } else {
                    boolean failed = operation.outcome() == Operation.Outcome.FAIL;
                    ofLock.add(new Span(Kind.ACQUIRE, null, operation.invoked(), operation.latest(), failed));
                }
            }
        }
        spans.values().forEach(ofLock -> ofLock.sort(Comparator.comparingLong(Span::from)));
        return spans;
    }

    private static void addGrant(Grant grant, List<Span> spans) {
        spans.add(new Span(Kind.ACQUIRE, grant, grant.attempt(), grant.granted(), false));
        for (Event renewal : grant.renewals()) {
            spans.add(new Span(Kind.RENEW, grant, renewal.number(Field.ATTEMPT), renewal.nanos(), false));
        }
        Operation release = grant.release();
        long from = Math.min(grant.releaseInvoked(), grant.validUntil());
        long to = Grant.NEVER;
        if (release != null && release.outcome() == Operation.Outcome.OK) {
            Event completion = release.completion();
            boolean released =
                    completion != null && completion.text(Field.OUTCOME).equals(Word.RELEASED);
            from = released ? release.invoked() : from;
            to = release.latest();
        }
        spans.add(new Span(Kind.END, grant, from, to, false));
    }

    private enum Kind {
        ACQUIRE,
        RENEW,
        END
    }

    /** An operation that takes effect between two instants, if it did not fail. */
    private record Span(Kind kind, @Nullable Grant grant, long from, long to, boolean failed) {}

    private record EdnLine(long at, boolean completes, int process, String type, Span span) {}

    /** Numbers of processes that do one thing at a time, as both checkers want them. */
    private static final class Clients {
        private record Busy(long until, int client) {}

        private final PriorityQueue<Busy> busy = new PriorityQueue<>(Comparator.comparingLong(Busy::until));
        private int clients;

        /** Spans come by the time of their call. */
        int next(Span span) {
            Busy first = busy.peek();
            int client;
            if (first != null && first.until < span.from) {
                busy.remove();
                client = first.client;
            } else {
                client = clients++;
            }
            busy.add(new Busy(span.to, client));
            return client;
        }
    }
}
