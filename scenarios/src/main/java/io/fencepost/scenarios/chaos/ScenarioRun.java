package io.fencepost.scenarios.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fencepost.history.HistoryWriter;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import io.fencepost.history.Word;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.Durability;
import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.scenarios.chaos.fault.Lab;
import io.fencepost.scenarios.chaos.plan.Exposures;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.Step;
import io.fencepost.scenarios.chaos.plan.Workload;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.worker.WorkerException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * One scenario on one provider with one seed: lets workers work, does to them and the servers what the schedule says, heals everything, looks whether every lock can
 * be had again, and leaves a folder from which the run can be judged as often as one likes. For use by one thread.
 */
public final class ScenarioRun {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    /** Beyond ttl and grace: for the waiting of those that want the lock, and for a machine that is busy. */
    private static final Duration TAKEOVER_MARGIN = Duration.ofSeconds(3);

    /** What may make two holders where a scenario allows them: only while it is in force, and a lease longer. */
    private static final List<String> EXPOSING = List.of("clock", "forget");

    private static final Duration REST_MARGIN = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Scenario scenario;
    private final Variant variant;
    private final long seed;
    private final Cluster cluster;
    private final RunFolder folder;

    /**
     * @param cluster healthy, and of the kind that the scenario needs
     * @param folder empty
     */
    public ScenarioRun(Scenario scenario, Variant variant, long seed, Cluster cluster, RunFolder folder) {
        this.scenario = scenario;
        this.variant = variant;
        this.seed = seed;
        this.cluster = cluster;
        this.folder = folder;
    }

    /**
     * Runs it. Blocks for the length of the scenario and what starting and healing take. When this returns or throws, no worker is left, and the cluster is healed or
     * was said not to be.
     *
     * @param about more for {@code run.json}: versions, the command
     * @param environment told of the provider
     * @throws IOException if the folder cannot be written, or a worker does not come up
     * @throws IllegalStateException if the cluster cannot be healed
     */
    public void run(Map<String, Object> about, EnvironmentFile environment) throws IOException, InterruptedException {
        ServerLogs logs = new ServerLogs(cluster);
        Capabilities capabilities = openOnce();
        environment.putProvider(variant.id(), capabilities, uri(), cluster.version(), cluster.describe());
        environment.write();
        Duration bound = scenario.workload().ttl().plus(capabilities.grace()).plus(TAKEOVER_MARGIN);
        Files.writeString(folder.run(), facts(about, capabilities, bound) + "\n");
        try (HistoryWriter writer = HistoryWriter.create(folder.history())) {
            Recorder recorder = new Recorder(writer);
            try (Crew crew = new Crew(variant, cluster, recorder, new ProtectedStore(recorder))) {
                crew.hire(scenario.workload().workers());
                carryOut(crew, recorder, bound);
            } catch (WorkerException e) {
                throw new IOException(e.getMessage(), e);
            } finally {
                recorder.phase(Word.END);
                logs.collect(folder.logs(), recorder);
            }
        }
    }

    /** The first client also creates the schema, so that no two workers do at once. */
    private Capabilities openOnce() {
        try (LockClient client = LockClients.open(uri())) {
            return client.capabilities();
        }
    }

    private String uri() {
        return variant.uri(
                cluster.addresses(), cluster.addresses(), cluster.spec().durability() == Durability.SAFE);
    }

    private void carryOut(Crew crew, Recorder recorder, Duration bound) throws WorkerException, InterruptedException {
        Workload workload = scenario.workload();
        // nobody else ever used these locks
        String unique = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        List<String> locks = IntStream.range(0, workload.keys())
                .mapToObj(key -> scenario.id().toLowerCase(Locale.ROOT) + "-" + unique + "-k" + key)
                .toList();
        Lab lab = new Lab(cluster, crew, workload, locks, new SplittableRandom(seed ^ 0x5eed), seed);
        Nemesis nemesis = new Nemesis(lab, recorder);

        recorder.phase(Word.WARM_UP);
        crew.work(workload, locks, seed);
        Nemesis.sleep(scenario.warmUp());
        recorder.phase(Word.FAULT);
        for (Step step : scenario.schedule(seed)) {
            nemesis.run(step);
        }
        recorder.phase(Word.RECOVER);
        for (ServerNode node : cluster.nodes()) {
            if (node.state() != NodeState.RUNNING) {
                recorder.exception(node.id(), "it is " + node.state() + " after all faults were undone");
            }
        }
        cluster.heal();
        recorder.phase(Word.FINAL);
        awaitGrants(crew, System.nanoTime(), bound);
        crew.rest(workload.patience().plus(workload.ttl().multipliedBy(2)).plus(REST_MARGIN));
    }

    /** Until every lock that was ever granted is granted once more, and every worker was granted something, or both should have been long ago. */
    private static void awaitGrants(Crew crew, long since, Duration bound) throws InterruptedException {
        long deadline = since + bound.plus(TAKEOVER_MARGIN).toNanos();
        while (System.nanoTime() < deadline
                && (crew.lastGrants().values().stream().anyMatch(last -> last < since)
                        || !crew.allGrantedSince(since))) {
            Nemesis.sleep(LOOK);
        }
    }

    private String facts(Map<String, Object> about, Capabilities capabilities, Duration bound) throws IOException {
        Exposures exposures = scenario.exposures(variant.id(), seed);
        Workload workload = scenario.workload();
        RunFacts.Builder facts = RunFacts.builder()
                .with("scenario", scenario.id() + "-" + scenario.name())
                .with("title", scenario.title())
                .with("provider", variant.id())
                .with("seed", seed)
                .with("parameters", parameters(workload))
                .with(
                        "configuration",
                        Map.of(
                                "uri",
                                uri(),
                                "cluster",
                                cluster.describe(),
                                "guarantee",
                                capabilities.guarantee(),
                                "expiry",
                                capabilities.expiry().toString(),
                                "clock_trust",
                                capabilities.clockTrust().toString()))
                .with(
                        "schedule",
                        scenario.schedule(seed).stream().map(Step::toString).toList())
                .with("source", scenario.source())
                .doubleHolder(exposures.doubleHolder())
                .twinLosses(exposures.twinLosses())
                .tokenRegression(exposures.tokenRegression())
                .fact("drift", capabilities.driftRate())
                .fact("drift_margin_ms", capabilities.driftMargin().toMillis())
                .fact("grace_ms", capabilities.grace().toMillis())
                .fact("takeover_bound_ms", bound.toMillis())
                .fact("durability", scenario.durabilityHolds() ? "holds" : RunFacts.LOST_ON_PURPOSE)
                .fact("guard", variant == Variant.REDLOCK_TRUSTING ? "off" : "on")
                .fact("faults_required", faultCount())
                .fact("exposing_faults", EXPOSING)
                .kindsRequired(kinds(workload));
        about.forEach(facts::with);
        return MAPPER.writeValueAsString(facts.build().json());
    }

    private long faultCount() {
        return scenario.schedule(seed).stream()
                .mapToLong(step -> step.faults().size())
                .sum();
    }

    private static Map<String, Object> parameters(Workload workload) {
        return Map.of(
                "keys", workload.keys(),
                "workers", workload.workers(),
                "threads", workload.threads(),
                "rate", workload.rate(),
                "ttl_ms", workload.ttl().toMillis(),
                "hold_ms", workload.hold().toMillis(),
                "long_holds", workload.longHolds(),
                "patience_ms", workload.patience().toMillis(),
                "cancels", workload.cancels(),
                "check_gap_ms", workload.checkGap().toMillis());
    }

    /** Leases are renewed only if some are held for long enough. */
    private static List<String> kinds(Workload workload) {
        List<String> kinds = new ArrayList<>(List.of(Op.ACQUIRE, Op.RELEASE, Op.READ, Op.WRITE));
        if (workload.longHolds() > 0) {
            kinds.add(Op.RENEWED);
        }
        return kinds;
    }
}
