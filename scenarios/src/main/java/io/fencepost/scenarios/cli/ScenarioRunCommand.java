package io.fencepost.scenarios.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fencepost.scenarios.chaos.Campaign;
import io.fencepost.scenarios.chaos.Summary;
import io.fencepost.scenarios.chaos.Variant;
import io.fencepost.scenarios.chaos.plan.Catalog;
import io.fencepost.scenarios.chaos.plan.Overrides;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.ScenarioFormatException;
import io.fencepost.scenarios.output.EnvironmentFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code fencepost scenario run}. */
@Command(
        name = "run",
        description = {
            "Runs scenarios on providers, one after the other, and judges each run.",
            "Writes a folder with chaos.csv, runs.csv, environment.json, a page that shows all runs, and for each run its history, verdict,"
                    + " server logs and a page of its own."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every run was valid, or NOT RUN for a reason that is told",
            "1:the verdict of a run is unknown, or it could not be carried out",
            "2:the command line or a scenario is wrong; nothing was started",
            "3:the verdict of a run is invalid"
        })
final class ScenarioRunCommand implements Callable<Integer> {
    private static final int MOST_RUNS = 1_000;

    @Parameters(
            paramLabel = "<scenario>",
            arity = "0..*",
            description = "Ids (S3), names (kill-node), or files *.yaml; 'scenario list' tells which there are.")
    private List<String> scenarios = new ArrayList<>();

    @Option(names = "--all", description = "All scenarios that come with the program.")
    private boolean all;

    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "<provider>",
            defaultValue = "cassandra,redlock,zookeeper",
            converter = VariantConverter.class,
            description =
                    "${DEFAULT-VALUE} by default. There are also cassandra-observed, zookeeper-fair and redlock-trusting. A scenario that"
                            + " names its providers is run on these.")
    private List<Variant> providers = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "<number>",
            defaultValue = "1",
            description = "Decides what is drawn: victims, mixes of faults, locks. ${DEFAULT-VALUE} by default.")
    private long seed;

    @Option(
            names = "--repeat",
            paramLabel = "<times>",
            defaultValue = "1",
            description = "Run each so often, with this seed and those that follow it.")
    private int repeat;

    @Option(
            names = "--until-fail",
            description = "Go on until the verdict of a run is not valid, with one seed after the other, up to "
                    + MOST_RUNS + " runs.")
    private boolean untilFail;

    @Option(
            names = "--set",
            paramLabel = "<name>=<value>",
            description =
                    "Instead of what the scenarios say: a field of their workload (keys, workers, threads, rate, ttl, hold, long-holds,"
                            + " patience, cancels, check-gap), nodes (which servers faults hit), duration (of the schedule in all).")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--keep",
            paramLabel = "<what>",
            defaultValue = "all",
            converter = KeepConverter.class,
            description =
                    "Of which runs to keep history, logs and page: all, or those that are interesting - not valid, or with more than one holder. "
                            + "${DEFAULT-VALUE} by default.")
    private Campaign.Keep keep = Campaign.Keep.ALL;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-chaos of the checkout by default.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Reads a provider's name. */
    static final class VariantConverter implements ITypeConverter<Variant> {
        @Override
        public Variant convert(String value) {
            try {
                return Variant.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads what to keep. */
    static final class KeepConverter implements ITypeConverter<Campaign.Keep> {
        @Override
        public Campaign.Keep convert(String value) {
            return switch (value) {
                case "all" -> Campaign.Keep.ALL;
                case "interesting" -> Campaign.Keep.INTERESTING;
                default -> throw new TypeConversionException("'" + value + "' is neither all nor interesting");
            };
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Campaign.Task> tasks = tasks();
        // what providers warn of here is what scenarios ask for: servers that forget, nodes that are gone
        if (LoggerFactory.getLogger("io.fencepost.lock") instanceof Logger logger) {
            logger.setLevel(Level.ERROR);
        }
        Path root = Root.find();
        Path folder = RunFolders.prepare(out, root, "chaos", spec.commandLine());
        Summary summary = new Campaign(
                        tasks,
                        folder,
                        Versions.all(),
                        environment(root, folder),
                        command(),
                        keep,
                        untilFail,
                        System.out)
                .run();
        System.out.println();
        System.out.println(summary.table());
        System.out.println("Written to " + folder);
        if (summary.invalid() > 0) {
            return CompareCommand.VIOLATIONS;
        }
        return summary.unknown() > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private List<Campaign.Task> tasks() {
        if (repeat < 1 || repeat > MOST_RUNS) {
            throw new ParameterException(
                    spec.commandLine(), "--repeat is " + repeat + ", but must be from 1 to " + MOST_RUNS);
        }
        if (all == !scenarios.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "Say which scenarios to run, or --all; 'scenario list' tells which there are");
        }
        try {
            Overrides replaced = Overrides.of(settings);
            List<Scenario> chosen = new ArrayList<>();
            if (all) {
                chosen.addAll(Catalog.all(replaced));
            }
            for (String wanted : new LinkedHashSet<>(scenarios)) {
                chosen.add(Catalog.find(wanted, replaced));
            }
            return Campaign.tasks(
                    chosen, List.copyOf(new LinkedHashSet<>(providers)), seed, untilFail ? MOST_RUNS : repeat);
        } catch (ScenarioFormatException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private EnvironmentFile environment(Path root, Path folder) {
        List<String> words = new ArrayList<>(List.of("fencepost", "scenario", "run"));
        words.addAll(all ? List.of("--all") : scenarios);
        words.addAll(command());
        words.add("--seed=" + seed);
        words.add(untilFail ? "--until-fail" : "--repeat=" + repeat);
        return RunFolders.environment(folder, root, seed, "chaos", String.join(" ", words));
    }

    /** What to type to do all of this again, without what differs from run to run. */
    private List<String> command() {
        return Stream.concat(
                        Stream.of("--providers="
                                + providers.stream().map(Variant::id).collect(Collectors.joining(","))),
                        settings.entrySet().stream().map(e -> "--set=" + e.getKey() + "=" + e.getValue()))
                .toList();
    }
}
