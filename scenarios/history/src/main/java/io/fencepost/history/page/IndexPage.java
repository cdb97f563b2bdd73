package io.fencepost.history.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import io.fencepost.history.check.Expected;
import io.fencepost.history.check.Judgement;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The page of a folder of runs: scenarios by providers, each run with its verdict and its exposure, and a link to its page. */
public final class IndexPage {
    /** The usual order of the providers; others follow by name. */
    private static final List<String> PROVIDERS = List.of("cassandra", "redlock", "zookeeper", "memory");
    /** A cell shows this many runs at once. */
    private static final int SHOWN = 6;

    private static final int DEPTH = 6;

    private final Path folder;
    private final List<Run> runs;
    private final Html html = new Html();

    private IndexPage(Path folder, List<Run> runs) {
        this.folder = folder;
        this.runs = runs;
    }

    /**
     * A run below the folder.
     *
     * @param problem why it cannot be read, or an empty text
     */
    private record Run(RunFolder folder, Optional<RunFacts> facts, Optional<Judgement> judgement, String problem) {
        VerdictWord verdict() {
            return judgement.map(judged -> VerdictWord.of(judged.overall())).orElse(VerdictWord.MISSING);
        }

        String scenario() {
            return facts.map(RunFacts::scenario).orElse("");
        }

        String provider() {
            return facts.map(RunFacts::provider).orElse("");
        }

        long seed() {
            return facts.map(RunFacts::seed).orElse(0L);
        }
    }

    /**
     * Writes {@code index.html} of all run folders below that folder: those that have a {@code run.json}. A page that was there is replaced.
     *
     * @return the file
     * @throws IOException if the folder cannot be read or written; a run that cannot be read is listed as such
     */
    public static Path write(Path folder) throws IOException {
        List<Run> runs = new ArrayList<>();
        try (Stream<Path> files = Files.find(
                folder, DEPTH, (file, attributes) -> attributes.isRegularFile() && file.endsWith("run.json"))) {
            for (Path file : files.sorted().toList()) {
                runs.add(read(new RunFolder(file.resolveSibling("."))));
            }
        }
        runs.sort(Comparator.comparingLong(Run::seed)
                .thenComparing(run -> run.folder().folder()));
        return Files.writeString(folder.resolve("index.html"), new IndexPage(folder, runs).page());
    }

    private static Run read(RunFolder folder) {
        RunFolder normal = new RunFolder(folder.folder().normalize());
        Optional<RunFacts> facts = Optional.empty();
        try {
            facts = Optional.of(normal.readFacts());
            return new Run(normal, facts, RunContent.judgement(normal), "");
        } catch (JsonProcessingException e) {
            return new Run(normal, facts, Optional.empty(), e.getOriginalMessage());
        } catch (IOException e) {
            return new Run(normal, facts, Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private String page() {
        String style = Resources.style();
        html.open("html", "lang", "en").open("head").newLine();
        html.empty("meta", "charset", "utf-8").newLine();
        html.empty("meta", "http-equiv", "Content-Security-Policy", "content", Resources.policy(style, ""))
                .newLine();
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .newLine();
        html.leaf("title", "Fencepost: " + Numbers.count(runs.size()) + " chaos runs")
                .newLine();
        html.raw("style", style).newLine();
        html.close().newLine().open("body").open("main").newLine();
        html.leaf("p", "Fencepost", "class", "kicker").leaf("h1", "Chaos runs").newLine();
        totals();
        matrix();
        unreadable();
        html.close().close().close();
        return html.finish();
    }

    private void totals() {
        Map<VerdictWord, Integer> counts = new EnumMap<>(VerdictWord.class);
        runs.forEach(run -> counts.merge(run.verdict(), 1, Integer::sum));
        html.open("dl", "class", "figures");
        html.open("div")
                .leaf("dt", "runs")
                .leaf("dd", Numbers.count(runs.size()))
                .close();
        for (VerdictWord word : VerdictWord.values()) {
            int count = counts.getOrDefault(word, 0);
            if (count > 0 || (word != VerdictWord.MISSING && word != VerdictWord.EXCUSED)) {
                html.open("div").open("dt");
                word.write(html);
                html.close().leaf("dd", Numbers.count(count)).close();
            }
        }
        html.close().newLine();
    }

    private void matrix() {
        Map<String, Map<String, List<Run>>> byScenario = new TreeMap<>(IndexPage::compareNames);
        TreeSet<String> providers =
                new TreeSet<>(Comparator.comparingInt(IndexPage::rank).thenComparing(Comparator.naturalOrder()));
        for (Run run : runs) {
            if (run.facts().isPresent()) {
                providers.add(run.provider());
                byScenario
                        .computeIfAbsent(run.scenario(), scenario -> new TreeMap<>())
                        .computeIfAbsent(run.provider(), provider -> new ArrayList<>())
                        .add(run);
            }
        }
        if (byScenario.isEmpty()) {
            html.leaf("p", "There is no run in this folder.");
            return;
        }
        html.open("div", "class", "scroll")
                .open("table", "class", "matrix")
                .open("thead")
                .open("tr");
        html.leaf("th", "scenario", "scope", "col");
        providers.forEach(provider -> html.leaf("th", provider, "scope", "col"));
        html.close().close().open("tbody").newLine();
        byScenario.forEach((scenario, byProvider) -> {
            html.open("tr").leaf("th", scenario, "scope", "row", "class", "name");
            providers.forEach(provider -> cell(byProvider.getOrDefault(provider, List.of())));
            html.close().newLine();
        });
        html.close().close().close().newLine();
    }

    private static int rank(String provider) {
        for (int i = 0; i < PROVIDERS.size(); i++) {
            if (provider.equals(PROVIDERS.get(i)) || provider.startsWith(PROVIDERS.get(i) + "-")) {
                return i;
            }
        }
        return PROVIDERS.size();
    }

    /** S2 before S10. */
    private static int compareNames(String a, String b) {
        return Comparator.comparing(IndexPage::padded)
                .thenComparing(Comparator.naturalOrder())
                .compare(a, b);
    }

    private static String padded(String name) {
        StringBuilder padded = new StringBuilder();
        for (String part : name.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)", -1)) {
            boolean digits = !part.isEmpty() && Character.isDigit(part.charAt(0));
            padded.append(digits ? "0".repeat(Math.max(0, 12 - part.length())) : "")
                    .append(part);
        }
        return padded.toString();
    }

    /** The worst of the runs on top, so that none hides behind a newer one. */
    private void cell(List<Run> ofCell) {
        html.open("td");
        if (ofCell.isEmpty()) {
            html.leaf("span", "not run", "class", "muted").close();
            return;
        }
        List<Run> worstFirst = ofCell.stream()
                .sorted(Comparator.comparing(Run::verdict).reversed())
                .toList();
        list(worstFirst.subList(0, Math.min(SHOWN, worstFirst.size())));
        if (worstFirst.size() > SHOWN) {
            html.open("details")
                    .leaf("summary", Numbers.count(worstFirst.size() - SHOWN) + " more, none of them worse");
            list(worstFirst.subList(SHOWN, worstFirst.size()));
            html.close();
        }
        html.close();
    }

    private void list(List<Run> some) {
        html.open("ul", "class", "runs");
        for (Run run : some) {
            html.open("li");
            run.verdict().write(html);
            html.text(" ");
            String name = "seed " + run.seed();
            if (Files.exists(run.folder().page())) {
                html.leaf("a", name, "href", link(run.folder().page()));
            } else {
                html.text(name);
            }
            html.open("div", "class", "muted exposed")
                    .text(exposure(run))
                    .close()
                    .close();
        }
        html.close();
    }

    private static String exposure(Run run) {
        if (!run.problem().isEmpty()) {
            return "verdict.json cannot be read: " + run.problem();
        }
        StringJoiner words = new StringJoiner(", ");
        run.judgement().ifPresent(judged -> {
            for (Expected expected : judged.expectations()) {
                if (expected.seen() > 0 || !expected.note().isEmpty()) {
                    String note = expected.note().isEmpty() ? expected.expected() : expected.note();
                    words.add(Numbers.count(expected.seen()) + " "
                            + expected.name().replace('_', ' ') + " (" + note + ")");
                }
            }
        });
        return words.length() == 0 && run.judgement().isPresent() ? "no exposure" : words.toString();
    }

    /** Relative and escaped, so that the folder can be moved or served. */
    private String link(Path page) {
        StringJoiner link = new StringJoiner("/");
        folder.normalize().relativize(page.normalize()).forEach(part -> link.add(encoded(part.toString())));
        return link.toString();
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void unreadable() {
        List<Run> bad = runs.stream().filter(run -> run.facts().isEmpty()).toList();
        if (!bad.isEmpty()) {
            html.leaf("h2", "Not readable").open("ul");
            bad.forEach(run -> html.leaf(
                    "li",
                    folder.normalize().relativize(run.folder().folder()) + ": " + run.problem(),
                    "class",
                    "name"));
            html.close();
        }
    }
}
