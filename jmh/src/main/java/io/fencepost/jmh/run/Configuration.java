package io.fencepost.jmh.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.jmh.contestant.Ability;
import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Contestants;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One thing to measure. Immutable.
 *
 * @param backend that it runs on
 * @param benchmark as of {@link BenchmarkId#id()}
 * @param contestant as of {@link ContestantType#id()}, on that backend
 * @param clients how many, at least 1
 * @param threads over all clients, at least 1
 * @param params further parameters of the benchmark: {@code locks}, {@code pollMillis}, {@code waitMillis}, {@code distribution}
 * @param stoppedNodes 1 if the last node of the cluster is stopped with SIGSTOP once all clients are connected, else 0
 */
public record Configuration(
        Backend backend,
        String benchmark,
        String contestant,
        int clients,
        int threads,
        Map<String, String> params,
        int stoppedNodes) {
    /** @throws IllegalArgumentException if there is no such benchmark or contestant, or a number is out of range */
    public Configuration {
        BenchmarkId.of(benchmark);
        Backend needed = Contestants.of(contestant).backend();
        if (needed != backend) {
            throw new IllegalArgumentException(contestant + " runs on " + needed.id() + ", not on " + backend.id());
        }
        if (clients < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "clients = " + clients + " and threads = " + threads + ", must be at least 1");
        }
        if (stoppedNodes < 0 || stoppedNodes > 1 || (stoppedNodes == 1 && backend == Backend.MEMORY)) {
            throw new IllegalArgumentException("stoppedNodes = " + stoppedNodes + " on " + backend.id()
                    + ", must be 0, or 1 where there are nodes");
        }
        params = Map.copyOf(params);
    }

    /** On the contestant's backend, with the defaults of the benchmark, all nodes running. */
    public static Configuration of(BenchmarkId benchmark, String contestant, int clients, int threads) {
        return new Configuration(
                Contestants.of(contestant).backend(), benchmark.id(), contestant, clients, threads, Map.of(), 0);
    }

    /** The same with one more parameter. */
    public Configuration with(String name, Object value) {
        Map<String, String> more = new TreeMap<>(params);
        more.put(name, value.toString());
        return new Configuration(backend, benchmark, contestant, clients, threads, more, stoppedNodes);
    }

    /** The same with the last node stopped. */
    public Configuration withStoppedNode() {
        return new Configuration(backend, benchmark, contestant, clients, threads, params, 1);
    }

    /** Why it cannot be measured, if the contestant cannot do what the benchmark needs. */
    public Optional<String> notRun() {
        BenchmarkId id = BenchmarkId.of(benchmark);
        ContestantType type = Contestants.of(contestant);
        if (clients < id.leastClients()) {
            return Optional.of(benchmark + " needs " + id.leastClients() + " clients");
        }
        return id.needed()
                .filter(ability -> !type.abilities().contains(ability))
                .map(Ability::lack)
                .map(lack -> contestant + ": " + lack);
    }

    /** In a line for people. */
    public String describe() {
        StringBuilder text = new StringBuilder(benchmark + " " + contestant + " " + clients + "x" + threads);
        new TreeMap<>(params)
                .forEach((name, value) ->
                        text.append(' ').append(name).append('=').append(value));
        if (stoppedNodes > 0) {
            text.append(", one node stopped");
        }
        return text.toString();
    }

    /**
     * The name of its files without an ending.
     *
     * @param index its place in the plan, from 1; the same in every round
     */
    public String fileName(int index) {
        return String.format(Locale.ROOT, "%03d-%s-%s-%dx%d", index, benchmark, contestant, clients, threads)
                + (stoppedNodes > 0 ? "-stopped" + stoppedNodes : "");
    }

    ObjectNode json() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("backend", backend.id());
        node.put("benchmark", benchmark);
        node.put("contestant", contestant);
        node.put("clients", clients);
        node.put("threads", threads);
        ObjectNode more = node.putObject("params");
        new TreeMap<>(params).forEach(more::put);
        node.put("stoppedNodes", stoppedNodes);
        return node;
    }
}
