package io.fencepost.scenarios.scale;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.jmh.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures each backend at a few points, fits the model to two of them, checks it on the others, and lets it tell the rest. */
public final class Study {
    /** Fitted to: a lone round, and what the servers can do at most. */
    private static final Load LONE = Load.of(1, 1, 1);

    private static final Load SATURATED = Load.of(4, 16, 256);
    /** Checked on; the model knows nothing of them. */
    private static final List<Load> CHECKS =
            List.of(Load.of(1, 16, 1), Load.of(1, 64, 1), Load.of(2, 8, 1), Load.of(4, 8, 1), Load.of(2, 8, 16));

    private static final double[] TRIPS_MILLIS = {1, 10, 50};
    private static final int[] CLIENTS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
    private static final int[] THREADS = {1, 8};
    /** Enough for hundreds of grants over the longest trips. */
    private static final double SECONDS = 60;

    /** A wait that nobody puts up with: a system in which the p99 is longer is said to have broken. */
    static final double BROKEN_WAIT_MILLIS = 10_000;
    /** Of what servers can do, what may be spent on renewals in a system that is to do something else as well. */
    static final double RENEWAL_SHARE = 0.7;

    private static final int RENEWALS_PER_TTL = 3;
    private static final double TTL_SECONDS = 10;

    private final PrintStream out;
    private final Duration length;
    private final long seed;

    /**
     * One row.
     *
     * @param kind {@code measured}, {@code fitted} or {@code checked} by the model at a measured point, {@code modelled}
     */
    public record Row(Target target, String kind, Load load, Figures figures) {}

    /**
     * Where one backend breaks at one trip time.
     *
     * @param oneLock grants a second of one lock, one client with eight threads
     * @param mostClients that contend for one lock, one thread each, before {@link #BROKEN_WAIT_MILLIS}; 0 if already one breaks it, and the most that was tried if none does
     * @param manyLocks grants a second of 1,024 locks, 512 threads
     * @param leases that can be kept with a ttl of ten seconds
     * @param shortestTtl in milliseconds, whose third is not shorter than a renewal's p99 in a system half busy
     */
    public record Limit(
            Target target,
            double rtt,
            double oneLock,
            int mostClients,
            double manyLocks,
            double leases,
            double shortestTtl) {}

    /** All that the study found. */
    public record Result(List<Row> rows, List<Limit> limits, List<Fit> fits) {}

    /** What the model was fitted with. */
    public record Fit(Target target, Costs costs) {}

    /** @param length of each measurement */
    public Study(PrintStream out, Duration length, long seed) {
        this.out = out;
        this.length = length;
        this.seed = seed;
    }

    /** Studies {@code targets}, one after the other, and writes {@code scale.csv} and {@code scale.md} into {@code folder}. */
    public Result run(List<Target> targets, Path folder) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        List<Limit> limits = new ArrayList<>();
        List<Fit> fits = new ArrayList<>();
        for (Target target : targets) {
            Costs costs = measure(target, rows);
            fits.add(new Fit(target, costs));
            out.println(target.id() + ": modelling");
            for (double millis : TRIPS_MILLIS) {
                limits.add(explore(target, costs, millis, rows));
            }
        }
        Result result = new Result(rows, limits, fits);
        StudyFiles.write(folder, result);
        return result;
    }

    private Costs measure(Target target, List<Row> rows) throws InterruptedException {
        out.println(target.id() + ": starting its cluster");
        try (Cluster cluster = Clusters.start(target.clusterSpec())) {
            String uri = target.uri(cluster.addresses());
            // the first clients of a cluster pay for its compilation
            Trial.run(uri, "warm-up-", SATURATED, length);
            Figures lone = measured(target, uri, LONE, rows);
            Figures saturated = measured(target, uri, SATURATED, rows);
            Costs costs = Subjects.of(target).fitted(lone.waitP50() * 1e3, saturated.grants() * saturated.rounds());
            for (Load load : List.of(LONE, SATURATED)) {
                rows.add(new Row(target, "fitted", load, Model.run(costs, load, SECONDS, seed)));
            }
            for (Load load : CHECKS) {
                measured(target, uri, load, rows);
                rows.add(new Row(target, "checked", load, Model.run(costs, load, SECONDS, seed)));
            }
            return costs;
        }
    }

    private Figures measured(Target target, String uri, Load load, List<Row> rows) throws InterruptedException {
        Figures figures = Trial.run(uri, "scale-" + rows.size() + "-", load, length);
        rows.add(new Row(target, "measured", load, figures));
        out.printf(
                "%s: %d clients × %d threads, %d locks: %.1f grants/s, %.2f rounds each, p99 %.1f ms%n",
                target.id(),
                load.clients(),
                load.threads(),
                load.locks(),
                figures.grants(),
                figures.rounds(),
                figures.waitP99());
        return figures;
    }

    private Limit explore(Target target, Costs costs, double millis, List<Row> rows) {
        double rtt = millis * 1e3;
        int most = 0;
        double oneLock = 0;
        for (int threads : THREADS) {
            boolean broken = false;
            for (int clients : CLIENTS) {
                Load load = Load.of(clients, threads, 1).withRtt(rtt);
                Figures figures = Model.run(costs, load, SECONDS, seed);
                rows.add(new Row(target, "modelled", load, figures));
                broken |= !(figures.waitP99() <= BROKEN_WAIT_MILLIS) || figures.grants() == 0;
                if (threads == 1 && !broken) {
                    most = clients;
                }
                if (threads > 1 && clients == 1) {
                    oneLock = figures.grants();
                }
            }
        }
        Load many = Load.of(16, 32, 1_024).withRtt(rtt);
        Figures manyLocks = Model.run(costs, many, SECONDS / 4, seed);
        rows.add(new Row(target, "modelled", many, manyLocks));
        double capacity = 1e6 * costs.workers() / costs.demand();
        return new Limit(
                target,
                rtt,
                oneLock,
                most,
                manyLocks.grants(),
                RENEWAL_SHARE * capacity * TTL_SECONDS / RENEWALS_PER_TTL,
                RENEWALS_PER_TTL * renewalP99(costs, rtt));
    }

    /** Of a lone write while the servers are half busy with renewals of others, in milliseconds. */
    private double renewalP99(Costs costs, double rtt) {
        double half = 0.5 * 1e6 * costs.workers() / costs.demand();
        return Model.run(costs, new Load(1, 1, 1, rtt, half), SECONDS, seed).waitP99();
    }
}
