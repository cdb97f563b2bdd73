package io.fencepost.scenarios.chaos;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.Durability;
import io.fencepost.infra.MovableClocks;
import io.fencepost.infra.NodeNetworks;
import io.fencepost.infra.SlowDisk;
import io.fencepost.scenarios.chaos.plan.ClusterNeeds;
import io.fencepost.scenarios.chaos.plan.FaultPlan;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.Step;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has one cluster at a time, and keeps it as long as it serves. Where the machine can do it, servers have networks of their own and movable clocks, whether they are needed or
 * not, so that most scenarios can share a cluster. For use by one thread.
 */
final class ClusterSupply implements AutoCloseable {
    private final Map<ClusterKind, Optional<String>> clocks = new EnumMap<>(ClusterKind.class);
    private final Optional<String> networks = NodeNetworks.unavailable();
    private final Optional<String> disks = SlowDisk.unavailable();
    private @Nullable Cluster current;

    /** Why {@code scenario} cannot be run on this machine, if it cannot. */
    Optional<String> missing(Scenario scenario, Variant variant) {
        ClusterNeeds needs = scenario.needs();
        if (needs.networks() && networks.isPresent()) {
            return networks.map(reason -> "no networks of their own for servers: " + reason);
        }
        if (needs.clocks() && clocks(variant.kind()).isPresent()) {
            return clocks(variant.kind()).map(reason -> "clocks cannot be moved: " + reason);
        }
        for (Step step : scenario.steps()) {
            for (FaultPlan fault : step.faults()) {
                Optional<String> reason = missing(fault, variant.kind());
                if (reason.isPresent()) {
                    return reason.map(words -> fault.name() + ": " + words);
                }
            }
        }
        return Optional.empty();
    }

    /** Why a fault cannot be had on this machine, if it cannot. */
    Optional<String> missing(FaultPlan fault, ClusterKind kind) {
        return switch (fault.name()) {
            case "partition" -> networks;
            case "clock" -> clocks(kind);
            case "slow-disk" -> disks;
            default -> Optional.empty();
        };
    }

    private Optional<String> clocks(ClusterKind kind) {
        return clocks.computeIfAbsent(kind, MovableClocks::unavailable);
    }

    /**
     * A healthy cluster that serves; the one before if it does.
     *
     * @throws IllegalStateException if none can be started
     */
    Cluster get(Variant variant, ClusterNeeds needs) {
        ClusterSpec wanted =
                ClusterSpec.of(variant.kind()).withDurability(needs.durable() ? Durability.SAFE : Durability.UNSAFE);
        if (networks.isEmpty()) {
            wanted = wanted.withOwnNetworks();
        }
        if (clocks(variant.kind()).isEmpty()) {
            wanted = wanted.withMovableClocks();
        }
        Cluster cluster = current;
        if (cluster != null && cluster.spec().equals(wanted)) {
            return cluster;
        }
        discard();
        cluster = Clusters.start(wanted);
        current = cluster;
        return cluster;
    }

    /** Ends the cluster: nobody shall get it again. */
    void discard() {
        Cluster cluster = current;
        current = null;
        if (cluster != null) {
            cluster.close();
        }
    }

    @Override
    public void close() {
        discard();
    }
}
