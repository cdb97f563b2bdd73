package io.fencepost.history.page;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the script of the page reads: the run as columns, with instants in microseconds since the first event. */
final class RunData {
    private static final long MICRO = 1_000;
    /** More would not be told apart in the timeline; the page says how many there are. */
    static final int MOST_OVERLAPS = 2_000;

    private static final Set<String> INSTANTS = Set.of(Field.ATTEMPT, Field.VALID_UNTIL);

    private final History history;
    private final RunContent content;
    private final List<Row> rows;
    private final Numbering processes = new Numbering();
    private final Numbering locks = new Numbering();
    private final Numbering kinds = new Numbering();
    private final Numbering outcomes = new Numbering();

    private RunData(RunContent content) {
        this.history = content.history();
        this.content = content;
        rows = content.rows().list();
    }

    static String of(RunContent content) {
        return new RunData(content).json();
    }

    /** Numbers texts in the order in which they come. */
    private static final class Numbering {
        private final Map<String, Integer> numbers = new LinkedHashMap<>();

        int of(String text) {
            Integer known = numbers.get(text);
            if (known == null) {
                known = numbers.size();
                numbers.put(text, known);
            }
            return known;
        }

        Collection<String> texts() {
            return numbers.keySet();
        }
    }

    private String json() {
        String operations = operations();
        String fields = fields();
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("rows", Integer.toString(rows.size()));
        parts.put("end", Long.toString(micros(history.end())));
        parts.put("operations", operations);
        parts.put("fields", fields);
        parts.put("leases", leases());
        parts.put("overlaps", overlaps());
        parts.put("faults", faults());
        parts.put("stops", stops());
        parts.put("phases", phases());
        parts.put("findings", findings());
        parts.put("kinds", Column.json(kinds.texts()));
        parts.put("processes", Column.json(processes.texts()));
        parts.put("locks", Column.json(locks.texts()));
        List<List<String>> words = new ArrayList<>();
        outcomes.texts().forEach(text -> words.add(List.of(text.split("/", 2))));
        parts.put("outcomes", Column.json(words));
        return object(parts);
    }

    private long micros(long nanos) {
        return Math.floorDiv(nanos - history.start(), MICRO);
    }

    private static String object(Map<String, String> parts) {
        StringJoiner json = new StringJoiner(",\n", "{", "}");
        parts.forEach((name, part) -> json.add(Column.json(name) + ":" + part));
        return json.toString();
    }

    private int process(Row row) {
        return processes.of(row.first().process());
    }

    private int lock(Row row) {
        String lock = row.lock();
        return lock.isEmpty() ? -1 : locks.of(lock);
    }

    private String operations() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("process", column(this::process));
        columns.put("lock", column(this::lock));
        columns.put("kind", column(row -> kinds.of(row.kind())));
        columns.put("outcome", column(row -> outcomes.of(row.tone().word() + "/" + row.outcome())));
        columns.put("start", column(row -> micros(row.first().nanos())));
        columns.put("duration", column(this::duration));
        columns.put("line", column(row -> row.first().line()));
        columns.put("thread", column(row -> row.first().thread()));
        return object(columns);
    }

    /** So that start and duration add up to the instant of the answer; -1 without one. */
    private long duration(Row row) {
        Event last = row.last();
        return last == null ? -1 : micros(last.nanos()) - micros(row.first().nanos());
    }

    private String column(ToLongFunction<Row> value) {
        return Column.of(rows.stream().mapToLong(value).toArray()).toJson();
    }

    private String fields() {
        Map<String, List<Row>> byKind = new LinkedHashMap<>();
        rows.forEach(row ->
                byKind.computeIfAbsent(row.kind(), kind -> new ArrayList<>()).add(row));
        Map<String, String> json = new LinkedHashMap<>();
        byKind.forEach((kind, ofKind) -> json.put(kind, fields(ofKind)));
        return object(json);
    }

    private String fields(List<Row> ofKind) {
        Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
        for (int i = 0; i < ofKind.size(); i++) {
            Row row = ofKind.get(i);
            int number = i;
            row.fields().forEach((name, value) -> {
                List<@Nullable Object> column = columns.computeIfAbsent(name, unseen -> new ArrayList<>());
                fill(column, number);
                column.add(
                        isInstant(name, value)
                                ? micros((Long) value) - micros(row.first().nanos())
                                : value);
            });
        }
        Map<String, String> json = new LinkedHashMap<>();
        columns.forEach((name, values) -> {
            fill(values, ofKind.size());
            Column column = new Column(values)
                    .groupedBy("process", i -> process(ofKind.get(i)))
                    .groupedBy("lock", i -> lock(ofKind.get(i)));
            json.put(name, (isInstant(name, 0L) ? column.ofInstants() : column).toJson());
        });
        return object(json);
    }

    private static void fill(List<@Nullable Object> column, int size) {
        while (column.size() < size) {
            column.add(null);
        }
    }

    private static boolean isInstant(String name, Object value) {
        return value instanceof Long && INSTANTS.contains(name.replace(Row.OTHERWISE, ""));
    }

    /** The row that granted. */
    private int rowOf(Holding holding) {
        return content.rows().of(holding.grant().acquire().invoke());
    }

    private String leases() {
        List<Holding> holdings = content.holdings();
        List<@Nullable Object> ends = new ArrayList<>();
        holdings.forEach(holding -> ends.add(holding.how().words()));
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("count", Integer.toString(holdings.size()));
        columns.put(
                "row",
                Column.of(holdings.stream().mapToLong(this::rowOf).toArray()).toJson());
        columns.put(
                "length",
                Column.of(holdings.stream()
                                .mapToLong(holding -> micros(holding.until()) - micros(holding.from()))
                                .toArray())
                        .toJson());
        columns.put("how", new Column(ends).toJson());
        return object(columns);
    }

    private String overlaps() {
        List<Object> all = new ArrayList<>();
        content.overlaps().stream()
                .limit(MOST_OVERLAPS)
                .forEach(overlap -> all.add(Map.of(
                        "a",
                        overlap.first(),
                        "b",
                        overlap.second(),
                        "from",
                        micros(overlap.from()),
                        "to",
                        micros(overlap.to()))));
        return Column.json(all);
    }

    private String faults() {
        List<Object> all = new ArrayList<>();
        for (Fault fault : content.faults()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", fault.name());
            one.put("target", fault.target());
            one.put("from", micros(fault.from()));
            one.put("to", micros(fault.to()));
            one.put("healed", fault.healed());
            one.put("proved", fault.proved());
            one.put("proof", fault.proof());
            one.put("healing", fault.healing());
            Map<String, String> detail = new TreeMap<>();
            fault.detail().forEach((name, value) -> detail.put(name, String.valueOf(value)));
            one.put("detail", detail);
            all.add(one);
        }
        return Column.json(all);
    }

    private String stops() {
        List<Object> all = new ArrayList<>();
        for (Stop stop : content.stops()) {
            all.add(Map.of(
                    "process",
                    processes.of(stop.process()),
                    "how",
                    stop.how().word(),
                    "from",
                    micros(stop.from()),
                    "to",
                    micros(stop.to())));
        }
        return Column.json(all);
    }

    private String phases() {
        List<Object> all = new ArrayList<>();
        for (Event event : history.events()) {
            if (event.process().equals(Op.RUNNER) && event.op().equals(Op.PHASE)) {
                all.add(Map.of("name", event.text(Field.NAME, ""), "at", micros(event.nanos())));
            }
        }
        return Column.json(all);
    }

    private String findings() {
        List<Object> all = new ArrayList<>();
        for (PlacedFinding placed : content.findings()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("text", placed.finding().message());
            one.put("from", placed.isPlaced() ? micros(placed.from()) : null);
            one.put("to", placed.isPlaced() ? micros(placed.to()) : null);
            one.put("rows", placed.rows());
            all.add(one);
        }
        return Column.json(all);
    }
}
