package io.fencepost.scenarios.chaos;

import io.fencepost.history.RunFolder;
import io.fencepost.history.check.Judgement;
import io.fencepost.history.check.Result;
import io.fencepost.history.page.IndexPage;
import io.fencepost.history.page.RunPage;
import io.fencepost.infra.Cluster;
import io.fencepost.scenarios.chaos.fault.Faults;
import io.fencepost.scenarios.chaos.plan.FaultPlan;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.Step;
import io.fencepost.scenarios.output.EnvironmentFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Many runs, one after the other, on as few clusters as they allow. What one run comes to is on disk and told before the next begins; a run that cannot be carried out does not
 * keep the others from it. For use by one thread.
 */
public final class Campaign {
    /** Of which runs to keep more than figures and verdict. */
    public enum Keep {
        /** Of all. */
        ALL,
        /** Of those that are not valid, or had two holders at a time. */
        INTERESTING
    }

    /**
     * One run to be made.
     *
     * @param seed that draws what is open
     */
    public record Task(Scenario scenario, Variant variant, long seed) {
        String name() {
            return scenario.id() + "-" + scenario.name() + "-" + variant.id() + "-" + seed;
        }
    }

    private final List<Task> tasks;
    private final Path folder;
    private final Map<String, String> versions;
    private final EnvironmentFile environment;
    private final List<String> arguments;
    private final Keep keep;
    private final boolean untilFail;
    private final PrintStream out;

    /**
     * @param folder empty
     * @param versions of everything, for the records
     * @param environment to be completed with the providers
     * @param arguments of the command that are the same for each run, for the records
     * @param untilFail whether the first run that is not valid is the last
     * @param out told how far it is
     */
    public Campaign(
            List<Task> tasks,
            Path folder,
            Map<String, String> versions,
            EnvironmentFile environment,
            List<String> arguments,
            Keep keep,
            boolean untilFail,
            PrintStream out) {
        this.tasks = List.copyOf(tasks);
        this.folder = folder;
        this.versions = Map.copyOf(versions);
        this.environment = environment;
        this.arguments = List.copyOf(arguments);
        this.keep = keep;
        this.untilFail = untilFail;
        this.out = out;
    }

    /**
     * All runs of some scenarios, ordered so that clusters last.
     *
     * @param variants for scenarios that do not name their own
     * @param seed the first one
     * @param repeat how many seeds
     * @throws IllegalArgumentException if a fault of a scenario is none
     */
    public static List<Task> tasks(List<Scenario> scenarios, List<Variant> variants, long seed, int repeat) {
        List<Task> tasks = new ArrayList<>();
        Set<Variant> all = new java.util.LinkedHashSet<>(variants);
        scenarios.forEach(scenario -> scenario.variants().forEach(id -> all.add(Variant.of(id))));
        for (Variant variant : all) {
            for (Scenario scenario : scenarios) {
                Stream.concat(
                                scenario.steps().stream().map(Step::faults).flatMap(List::stream),
                                scenario.drawn().stream())
                        .forEach(Faults::check);
                boolean wanted = scenario.variants().isEmpty()
                        ? variants.contains(variant)
                        : scenario.variants().contains(variant.id())
                                && variants.stream().anyMatch(asked -> asked.kind() == variant.kind());
                for (int i = 0; wanted && i < repeat; i++) {
                    tasks.add(new Task(scenario, variant, seed + i));
                }
            }
        }
        return tasks;
    }

    /**
     * Runs all.
     *
     * @throws IOException if the folder cannot be written
     * @throws InterruptedException if interrupted; clusters and workers are gone then
     */
    public Summary run() throws IOException, InterruptedException {
        environment.write();
        RunTable table = new RunTable(folder.resolve("runs.csv"));
        Duration estimate = Duration.ZERO;
        for (Task task : tasks) {
            estimate = estimate.plus(task.scenario().length()).plusSeconds(10);
        }
        out.println(tasks.size() + " runs, about " + Math.max(1, estimate.toMinutes()) + " minutes; results go to "
                + folder);
        try (ClusterSupply clusters = new ClusterSupply()) {
            for (Task task : tasks) {
                RunRow row = runOne(task, clusters);
                table.append(row);
                out.printf("[%d/%d] %s%n", table.rows().size(), tasks.size(), row.line());
                row.findings().forEach(finding -> out.println("    " + finding));
                new Summary(table.rows()).writeChaosCsv(folder);
                if (untilFail && row.result().filter(Result.VALID::equals).isEmpty()) {
                    break;
                }
            }
        }
        Summary summary = new Summary(table.rows());
        IndexPage.write(folder);
        return summary;
    }

    private RunRow runOne(Task task, ClusterSupply clusters) throws IOException, InterruptedException {
        Optional<String> missing = clusters.missing(task.scenario(), task.variant());
        if (missing.isPresent()) {
            return RunRow.notRun(task, missing.get());
        }
        Set<String> leftOut = new TreeSet<>();
        for (FaultPlan fault : task.scenario().drawn()) {
            clusters.missing(fault, task.variant().kind()).ifPresent(reason -> leftOut.add(fault.name()));
        }
        Scenario scenario = task.scenario().withoutDrawing(new HashSet<>(leftOut));
        RunFolder run = new RunFolder(folder.resolve(task.name()));
        long begin = System.nanoTime();
        try {
            Cluster cluster = clusters.get(task.variant(), scenario.needs());
            begin = System.nanoTime();
            Files.createDirectory(run.folder());
            new ScenarioRun(scenario, task.variant(), task.seed(), cluster, run).run(about(task, leftOut), environment);
            if (scenario.needs().spoiled()) {
                clusters.discard();
            }
            RunRow row = RunRow.judged(task, Judgement.of(run), since(begin));
            finish(run, row);
            return row;
        } catch (IOException | RuntimeException e) {
            clusters.discard();
            return RunRow.failed(task, Nemesis.words(e), since(begin));
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private Map<String, Object> about(Task task, Set<String> leftOut) {
        Map<String, Object> about = new LinkedHashMap<>();
        List<String> command = new ArrayList<>(
                List.of("fencepost", "scenario", "run", task.scenario().id()));
        command.addAll(arguments.stream()
                .filter(argument -> !argument.startsWith("--providers"))
                .toList());
        command.add("--providers=" + task.variant().id());
        command.add("--seed=" + task.seed());
        about.put("command", String.join(" ", command));
        about.put("versions", versions);
        about.put("faults_left_out", leftOut);
        return about;
    }

    private void finish(RunFolder run, RunRow row) throws IOException {
        if (keep == Keep.ALL || row.interesting()) {
            RunPage.write(run.folder());
        } else {
            Files.deleteIfExists(run.history());
            try (Stream<Path> logs = Files.list(run.logs())) {
                for (Path log : logs.toList()) {
                    Files.delete(log);
                }
            }
            Files.delete(run.logs());
        }
    }
}
