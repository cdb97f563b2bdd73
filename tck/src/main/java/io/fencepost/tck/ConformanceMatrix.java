package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.tck.RuleResult.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts the {@code conformance.csv} files of several runs beside each other: one Markdown table, rule by provider; and into
 * one {@code conformance.csv} if asked to.
 *
 * <pre>{@code java io.fencepost.tck.ConformanceMatrix [--require name,name] [--out matrix.md] [--csv conformance.csv] folder...}</pre>
 *
 * <p>Exit code 0 if nothing failed and all required providers are there; 1 if a rule failed; 2 if the call was wrong or
 * a file cannot be read; 3 if a required provider is missing, or passed nothing.
 */
public final class ConformanceMatrix {
    private static final String USAGE =
            "usage: ConformanceMatrix [--require name,name] [--out matrix.md] [--csv conformance.csv] folder...";

    private final SortedMap<String, Conformance> providers = new TreeMap<>();

    private ConformanceMatrix() {}

    /** The command; see the class. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        PrintStream err = new PrintStream(System.err, true, UTF_8);
        System.exit(run(List.of(args), out, err));
    }

    /** The command without the exit. */
    static int run(List<String> args, PrintStream out, PrintStream err) {
        List<Path> folders = new ArrayList<>();
        List<String> required = List.of();
        Optional<Path> file = Optional.empty();
        Optional<Path> csv = Optional.empty();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("--")) {
                folders.add(Path.of(arg));
            } else if (i + 1 < args.size() && arg.equals("--require")) {
                required = List.of(args.get(++i).split(","));
            } else if (i + 1 < args.size() && arg.equals("--out")) {
                file = Optional.of(Path.of(args.get(++i)));
            } else if (i + 1 < args.size() && arg.equals("--csv")) {
                csv = Optional.of(Path.of(args.get(++i)));
            } else {
                err.println("unknown or incomplete option " + arg + "; " + USAGE);
                return 2;
            }
        }
        if (folders.isEmpty()) {
            err.println(USAGE);
            return 2;
        }
        ConformanceMatrix matrix = new ConformanceMatrix();
        try {
            for (Path folder : folders) {
                matrix.collect(folder);
            }
            String text = matrix.toMarkdown();
            out.print(text);
            if (file.isPresent()) {
                Files.writeString(inItsFolder(file.get()), text, UTF_8);
            }
            if (csv.isPresent()) {
                Conformance.write(matrix.providers.values(), inItsFolder(csv.get()));
            }
        } catch (IOException e) {
            err.println(e.getMessage());
            return 2;
        }
        return matrix.verdict(required, err);
    }

    private static Path inItsFolder(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return file;
    }

    private void collect(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            // a module whose suite did not run has none; --require tells whether that is a fault
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(path -> path.endsWith(Conformance.FILE))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            for (Conformance conformance : Conformance.readAll(file)) {
                if (providers.putIfAbsent(conformance.provider(), conformance) != null) {
                    throw new IOException("two results of '" + conformance.provider() + "', the second in " + file);
                }
            }
        }
    }

    private int verdict(List<String> required, PrintStream err) {
        int code = 0;
        for (Conformance conformance : providers.values()) {
            List<RuleResult> failed = conformance.with(Verdict.FAILED);
            if (!failed.isEmpty()) {
                err.println(conformance.provider() + " failed " + Conformance.numbers(failed));
                code = 1;
            }
        }
        for (String name : required) {
            Conformance conformance = providers.get(name);
            if (conformance == null) {
                err.println("no results of '" + name + "'; there are those of " + providers.keySet());
                code = 3;
            } else if (conformance.with(Verdict.PASSED).isEmpty()) {
                err.println(name + " passed nothing");
                code = 3;
            }
        }
        if (providers.isEmpty()) {
            err.println("no " + Conformance.FILE + " found");
            code = 3;
        }
        return code;
    }

    private String toMarkdown() {
        Collection<Conformance> all = providers.values();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("rule", "", all.stream().map(Conformance::provider)));
        SortedMap<RuleId, String> rules = new TreeMap<>();
        RuleCatalogue.all().forEach(entry -> rules.put(entry.id(), entry.title()));
        all.forEach(conformance ->
                conformance.results().forEach(result -> rules.putIfAbsent(result.rule(), result.title())));
        rules.forEach((id, title) ->
                rows.add(row(id.toString(), title, all.stream().map(conformance -> symbol(conformance, id)))));
        rows.add(row("", "passed (+)", all.stream().map(c -> count(c, "+"))));
        rows.add(row("", "failed (−)", all.stream().map(c -> count(c, "−"))));
        rows.add(row("", "NOT RUN", all.stream().map(c -> count(c, "NOT RUN"))));
        rows.add(row("", "not applicable (n/a)", all.stream().map(c -> count(c, "n/a"))));
        return table(rows) + origins(all) + failures(all) + reasons(all);
    }

    private static List<String> row(String rule, String title, Stream<String> cells) {
        return Stream.concat(Stream.of(rule, title), cells).toList();
    }

    private static String symbol(Conformance conformance, RuleId id) {
        return conformance.results().stream()
                .filter(result -> result.rule().equals(id))
                .map(RuleResult::symbol)
                .findFirst()
                .orElse("NOT RUN");
    }

    private static String count(Conformance conformance, String symbol) {
        return Long.toString(conformance.results().stream()
                .filter(result -> result.symbol().equals(symbol))
                .count());
    }

    private static String table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], Math.max(3, row.get(i).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < columns; i++) {
                text.append(String.format("| %-" + widths[i] + "s ", rows.get(r).get(i)));
            }
            text.append("|\n");
            if (r == 0) {
                for (int width : widths) {
                    text.append("|").append("-".repeat(width + 2));
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }

    private static String origins(Collection<Conformance> all) {
        return all.stream()
                .map(conformance -> "- " + conformance.provider() + ": " + conformance.origin() + "\n")
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(), list -> list.isEmpty() ? "" : "\nMade by:\n\n" + list));
    }

    private static String failures(Collection<Conformance> all) {
        return all.stream()
                .flatMap(conformance -> conformance.with(Verdict.FAILED).stream())
                .map(result -> "- " + result.provider() + " failed " + result.rule() + " (" + result.title() + "): "
                        + result.reason() + "\n")
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(), list -> list.isEmpty() ? "" : "\nFailed:\n\n" + list));
    }

    private static String reasons(Collection<Conformance> all) {
        Map<String, List<RuleResult>> byReason = Conformance.byReason(all.stream()
                .flatMap(conformance -> conformance.with(Verdict.NOT_RUN).stream())
                .toList());
        if (byReason.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("\nNOT RUN:\n\n");
        byReason.forEach((reason, results) -> {
            TreeSet<String> names =
                    results.stream().map(RuleResult::provider).collect(Collectors.toCollection(TreeSet::new));
            TreeSet<RuleId> ids = results.stream().map(RuleResult::rule).collect(Collectors.toCollection(TreeSet::new));
            text.append("- ")
                    .append(ids.stream().map(RuleId::toString).collect(Collectors.joining(", ")))
                    .append(names.size() == all.size() ? "" : " (" + String.join(", ", names) + ")")
                    .append(": ")
                    .append(reason)
                    .append('\n');
        });
        return text.toString();
    }
}
