package io.fencepost.scenarios.bench;

import java.util.List;
import java.util.stream.Collectors;

/** {@code goals.md}. */
final class GoalsMarkdown {
    private final RunFacts facts;
    private final List<Goal.Outcome> outcomes;
    private final Wording wording;
    private final StringBuilder text = new StringBuilder();

    GoalsMarkdown(RunFacts facts, Forks forks, List<Pair> pairs, List<Goal.Outcome> outcomes) {
        this.facts = facts;
        this.outcomes = outcomes;
        this.wording = new Wording(facts, forks, pairs, outcomes);
    }

    String text() {
        line("# " + wording.title());
        line("");
        line(wording.summary());
        line("");
        if (!outcomes.isEmpty()) {
            row(List.of("goal", "limit", "reached", "interval", "met", "forks"));
            line("|---|---|---|---|---|---|");
            outcomes.forEach(this::row);
            line("");
        }
        List<List<String>> optimisations = wording.optimisations();
        if (!optimisations.isEmpty()) {
            line("## Optimisations");
            line("");
            row(Wording.optimisationsHead());
            line("|---|---|---|---|---:|---|---:|");
            optimisations.forEach(this::row);
            line("");
        }
        wording.reading().forEach(sentence -> {
            line(sentence);
            line("");
        });
        if (!outcomes.isEmpty()) {
            line("## What the figures are");
            line("");
            outcomes.stream()
                    .map(Goal.Outcome::goal)
                    .forEach(goal -> line("- " + Wording.title(goal) + ": " + goal.definition() + "."));
            line("");
        }
        line("## Contestants: what they guarantee, and their speed");
        line("");
        row(List.of("contestant", "role, version", "guarantee", "median of forks"));
        line("|---|---|---|---|");
        wording.contestants().forEach(this::row);
        List<String> missing = wording.missing();
        if (!missing.isEmpty()) {
            line("");
            line("## Without a figure");
            line("");
            missing.forEach(reason -> line("- " + reason.lines().collect(Collectors.joining(" "))));
        }
        line("");
        line("Again from the kept forks: `fencepost bench --evaluate` with the folder of the run; measured with `"
                + facts.command() + "`.");
        return text.toString();
    }

    private void row(Goal.Outcome outcome) {
        String met = outcome.met() == Met.YES ? Wording.met(outcome) : "**" + Wording.met(outcome) + "**";
        row(List.of(
                Wording.title(outcome.goal()),
                Wording.limit(outcome.goal()),
                Wording.reached(outcome),
                Wording.interval(outcome),
                outcome.reason().isEmpty() ? met : met + ": " + outcome.reason(),
                Wording.forks(outcome)));
    }

    private void row(List<String> cells) {
        line(cells.stream()
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\R", " "))
                .collect(Collectors.joining(" | ", "| ", " |")));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
