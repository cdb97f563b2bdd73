package io.fencepost.report;

import io.fencepost.report.Block.Bullets;
import io.fencepost.report.Block.Code;
import io.fencepost.report.Block.Heading;
import io.fencepost.report.Block.Paragraph;
import io.fencepost.report.Block.Table;
import io.fencepost.report.Block.Text;
import io.fencepost.report.ChaosRun.Expectation;
import io.fencepost.report.ChaosRun.Figures;
import io.fencepost.report.ChaosRun.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Puts into words and tables what chaos came to. */
final class ChaosSection {
    private static final Text NOTHING = Text.muted("–");

    private final Optional<Chaos> chaos;
    /** Providers of the comparison that have servers to harm. */
    private final List<String> harmable;
    /** Those of them that nobody harmed. */
    private final List<String> spared;

    private final List<String> columns;
    private final String run;

    ChaosSection(Comparison comparison) {
        this.chaos = comparison.chaos();
        this.harmable =
                comparison.providers().stream().filter(Expectations::hasServers).toList();
        this.spared = harmable.stream()
                .filter(provider ->
                        chaos.filter(found -> found.covers(provider)).isEmpty())
                .toList();
        Set<String> all = new TreeSet<>(ProviderOrder.USUAL);
        chaos.ifPresent(found -> all.addAll(found.providers()));
        all.addAll(spared);
        this.columns = List.copyOf(all);
        this.run = comparison.environment().text("run").orElse("<run>");
    }

    Text inALine() {
        if (chaos.isEmpty()) {
            return Text.alarm("Chaos: NOT RUN: " + command() + " makes it");
        }
        List<ChaosRun> runs = chaos.get().runs();
        StringJoiner verdicts = new StringJoiner(", ");
        for (Verdict verdict : Verdict.values()) {
            long count = Chaos.count(runs, verdict);
            if (count > 0) {
                verdicts.add(count + " " + verdict.word());
            }
        }
        if (!spared.isEmpty()) {
            verdicts.add("nothing on " + String.join(", ", spared));
        }
        String line =
                "Chaos: " + runs.size() + " runs of " + chaos.get().scenarios().size() + " scenarios: " + verdicts
                        + "; " + doubleHolders(runs).orElse("no double holder") + "; " + staleWrites(runs);
        if (runs.stream().anyMatch(ChaosSection::broken)) {
            return Text.violation(line);
        }
        if (runs.stream().anyMatch(ChaosRun::failed) || !spared.isEmpty()) {
            return Text.alarm(line);
        }
        boolean spotless = Chaos.count(runs, Verdict.NOT_RUN) == 0 && !exposed(runs);
        return spotless ? Text.good(line) : Text.plain(line);
    }

    /** What makes chaos for this comparison. */
    private String command() {
        return "scenarios/fencepost scenario run --all --providers " + String.join(",", harmable) + " --out results/"
                + run + "/" + ChaosFile.FOLDER;
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Heading(2, "Chaos: the same harm to every provider"));
        if (chaos.isEmpty()) {
            blocks.add(new Paragraph(Text.alarm("Chaos: NOT RUN.")));
            blocks.add(new Paragraph(
                    Text.plain("This makes it; fencepost report, done again, takes it in. fencepost compare"
                            + " does it by itself unless it is told not to.")));
            blocks.add(new Code(List.of(command())));
            return blocks;
        }
        Chaos found = chaos.get();
        blocks.add(new Paragraph(
                Text.plain("Each scenario is one file for all providers: a workload, a schedule of faults, and"
                        + " what each provider is expected to show. Its history was judged by checkers. "
                        + ChaosFile.FOLDER + "/index.html shows every run, " + ChaosFile.FOLDER
                        + "/environment.json where it was made.")));
        addVerdicts(blocks, found);
        addLosses(blocks, found);
        addTimes(blocks, found);
        return blocks;
    }

    private void addVerdicts(List<Block> blocks, Chaos found) {
        blocks.add(new Heading(3, "Verdicts and double holders"));
        blocks.add(table(found, found.scenarios(), "verdict", ChaosSection::verdict));
        blocks.add(new Bullets(List.of(
                Text.plain("+ valid: nothing was seen that the scenario forbids this provider, which is not to say that"
                        + " nothing was seen. ? unknown: no verdict can be given, for instance because a fault is not"
                        + " proved. − INVALID: what is forbidden was seen, be it only an error that nobody foresaw."
                        + " – nobody asked for it."),
                Text.plain("double holders: grants while another client relied on the lock; not named where there was"
                        + " none. What is in brackets was said before the run."),
                Text.plain("(expected): the faults were chosen to bring them about, since the provider trusts clocks or"
                        + " servers that they harm. It does not exclude under them, and a run that fails to show it is"
                        + " unknown. (allowed): they may be seen. (FORBIDDEN): they make the run INVALID."),
                Text.plain("Several runs of a scenario differ by their seed; their counts are added up."))));
        List<Text> failures = found.failures().stream().map(Text::alarm).toList();
        if (!failures.isEmpty()) {
            blocks.add(new Paragraph(Text.alarm("Not valid:")));
            blocks.add(new Bullets(failures));
        }
        List<Text> reasons = notRun(found);
        if (!reasons.isEmpty()) {
            blocks.add(new Paragraph(Text.plain("NOT RUN, because:")));
            blocks.add(new Bullets(reasons));
        }
    }

    private static Text verdict(List<ChaosRun> runs) {
        StringJoiner words = new StringJoiner(", ");
        for (Verdict verdict : Verdict.values()) {
            long count = Chaos.count(runs, verdict);
            if (count > 0) {
                words.add(verdict.inACell(runs.size() > 1 ? count + " " : ""));
            }
        }
        doubleHolders(runs).ifPresent(words::add);
        long regressions = Chaos.sum(runs, Figures::tokenRegressions);
        if (regressions > 0) {
            words.add("token regressions " + regressions);
        }
        double overlap = Chaos.figures(runs).mapToDouble(Figures::overlapMs).sum();
        return toned(words.toString(), runs)
                .withSmall(overlap > 0 ? "(for " + Numbers.format(overlap) + " ms in all)" : "");
    }

    /** A second holder is to be seen whether or not it was expected. */
    private static Text toned(String words, List<ChaosRun> runs) {
        if (runs.stream().anyMatch(ChaosSection::broken)) {
            return Text.violation(words);
        }
        if (runs.stream().anyMatch(ChaosRun::failed) || exposed(runs)) {
            return Text.alarm(words);
        }
        return Chaos.count(runs, Verdict.NOT_RUN) == 0 ? Text.good(words) : Text.plain(words);
    }

    /** Whether this is what no lock may do, and no mere want of proof or of life. */
    private static boolean broken(ChaosRun run) {
        return run.verdict() == Verdict.INVALID && exposed(List.of(run));
    }

    private static boolean exposed(List<ChaosRun> runs) {
        return Chaos.figures(runs).anyMatch(Figures::exposed);
    }

    /** How many, by what was said of them before; also none, where some were expected. */
    private static Optional<String> doubleHolders(List<ChaosRun> runs) {
        StringJoiner counts = new StringJoiner(", ", "double holders ", "").setEmptyValue("");
        for (Expectation expectation : Expectation.values()) {
            List<ChaosRun> such = runs.stream()
                    .filter(run ->
                            run.doubleHolder() == expectation && run.figures().isPresent())
                    .toList();
            long count = Chaos.sum(such, Figures::doubleHolders);
            if (count > 0 || (expectation == Expectation.EXPECTED && !such.isEmpty())) {
                counts.add(count + " (" + expectation.word() + ")");
            }
        }
        return Optional.of(counts.toString()).filter(words -> !words.isEmpty());
    }

    private static String staleWrites(List<ChaosRun> runs) {
        return "the fenced store took " + Chaos.sum(unexcused(runs), Figures::staleWrites) + " stale writes in "
                + Chaos.sum(runs, Figures::grants) + " grants"
                + excusedStaleWrites(runs)
                        .map(count -> ", and " + count + " where servers were made to forget")
                        .orElse("");
    }

    private static Optional<Long> excusedStaleWrites(List<ChaosRun> runs) {
        long all = Chaos.sum(runs, Figures::staleWrites);
        long unexcused = Chaos.sum(unexcused(runs), Figures::staleWrites);
        return all == unexcused ? Optional.empty() : Optional.of(all - unexcused);
    }

    /** A run with stale writes is valid only if the scenario made servers forget, and switched off what guards against that. */
    private static List<ChaosRun> unexcused(List<ChaosRun> runs) {
        return runs.stream().filter(run -> run.verdict() != Verdict.VALID).toList();
    }

    /** One item for each reason. */
    private static List<Text> notRun(Chaos found) {
        Map<String, Map<String, Set<String>>> byReason = new LinkedHashMap<>();
        for (String scenario : found.scenarios()) {
            for (String provider : found.providers()) {
                for (ChaosRun run : found.runs(scenario, provider)) {
                    if (run.verdict() == Verdict.NOT_RUN) {
                        byReason.computeIfAbsent(run.reason(), reason -> new LinkedHashMap<>())
                                .computeIfAbsent(provider, one -> new LinkedHashSet<>())
                                .add(scenario);
                    }
                }
            }
        }
        return byReason.entrySet().stream()
                .map(entry -> Text.plain(entry.getKey())
                        .withSmall(entry.getValue().entrySet().stream()
                                .map(where -> where.getKey() + ": " + String.join(" ", where.getValue()))
                                .collect(Collectors.joining("; ", "(", ")"))))
                .toList();
    }

    private void addLosses(List<Block> blocks, Chaos found) {
        blocks.add(new Heading(3, "What a fence is for"));
        blocks.add(
                new Paragraph(
                        Text.plain(
                                "Holders write to a store with two copies of one number. The copy without a fence takes everything, and"
                                        + " counts the updates that it lost. The copy with a fence refuses older tokens, and counts the"
                                        + " stale writes that it took all the same: this is the number that must be 0. Only a scenario"
                                        + " that makes servers forget, with the provider's guard against it switched off, excuses another.")));
        List<String> scenarios = rows(found, figures -> figures.twinLost() + figures.staleWrites());
        blocks.add(new Paragraph(Text.plain(
                scenarios.isEmpty() ? "Nothing was lost, without a fence or with it." : staleInWords(found))));
        if (!scenarios.isEmpty()) {
            blocks.add(table(found, scenarios, "updates lost", ChaosSection::losses));
        }
    }

    private static String staleInWords(Chaos found) {
        return "In all, " + staleWrites(found.runs()) + ". Scenarios in which no update was lost are left out.";
    }

    private static Text losses(List<ChaosRun> runs) {
        if (Chaos.figures(runs).findAny().isEmpty()) {
            return NOTHING;
        }
        long lost = Chaos.sum(runs, Figures::twinLost);
        long stale = Chaos.sum(runs, Figures::staleWrites);
        if (lost + stale == 0) {
            return Text.plain("0");
        }
        String words = lost + " without a fence, " + stale + " with it";
        if (stale == 0) {
            return Text.plain(words);
        }
        boolean invalid = runs.stream()
                .anyMatch(run -> run.verdict() == Verdict.INVALID && Chaos.sum(List.of(run), Figures::staleWrites) > 0);
        return (invalid ? Text.violation(words) : Text.alarm(words))
                .withSmall(excusedStaleWrites(runs)
                        .map(count -> "(" + count + " excused)")
                        .orElse(""));
    }

    private void addTimes(List<Block> blocks, Chaos found) {
        blocks.add(new Heading(3, "How long it takes"));
        blocks.add(new Paragraph(Text.plain(
                "The worst of all runs, in ms, on clusters that are made small for tests: not to be set beside"
                        + " the measurements. Takeover: from the kill or pause of a holder to the next grant of its lock"
                        + " to another process. Recovery: from a proved heal to the next grant of each lock."
                        + " Unavailable: the longest time without a grant of any lock while a fault is in force. – there"
                        + " was nothing of the kind.")));
        addWorst(blocks, found, "takeover (ms)", Figures::takeoverMaxMs);
        addWorst(blocks, found, "recovery (ms)", Figures::recoveryMaxMs);
        addWorst(blocks, found, "unavailable (ms)", Figures::unavailableMs);
    }

    private void addWorst(List<Block> blocks, Chaos found, String head, ToDoubleFunction<Figures> of) {
        List<String> scenarios = rows(found, of);
        if (!scenarios.isEmpty()) {
            blocks.add(table(found, scenarios, head, runs -> {
                double worst = Chaos.figures(runs).mapToDouble(of).max().orElse(0);
                return worst == 0 ? NOTHING : Text.plain(Numbers.format(worst));
            }));
        }
    }

    /** The scenarios in which some provider has something to show. */
    private static List<String> rows(Chaos found, ToDoubleFunction<Figures> of) {
        return found.scenarios().stream()
                .filter(scenario -> found.providers().stream()
                        .flatMap(provider -> Chaos.figures(found.runs(scenario, provider)))
                        .anyMatch(figures -> of.applyAsDouble(figures) > 0))
                .toList();
    }

    private Table table(Chaos found, List<String> scenarios, String what, Function<List<ChaosRun>, Text> cell) {
        List<String> head = new ArrayList<>(List.of(what));
        head.addAll(columns);
        List<List<Text>> rows = new ArrayList<>();
        for (String scenario : scenarios) {
            List<Text> row = new ArrayList<>(List.of(Text.plain(scenario)));
            for (String provider : columns) {
                List<ChaosRun> runs = found.runs(scenario, provider);
                if (runs.isEmpty()) {
                    row.add(spared.contains(provider) ? Text.alarm("NOT RUN") : NOTHING);
                } else {
                    row.add(cell.apply(runs));
                }
            }
            rows.add(List.copyOf(row));
        }
        return new Table(List.copyOf(head), rows, false);
    }
}
