package io.fencepost.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Which faults this machine can inject, found out by trying each. */
public final class MachineAbilities {

    private MachineAbilities() {}

    /**
     * Tries everything; blocks for some seconds.
     *
     * @return one entry for each kind of fault, and one for the Redis server, whose source differs from machine to machine
     * @throws IllegalStateException outside a checkout
     */
    public static List<MachineAbility> survey() {
        Checkout checkout = Checkout.find();
        List<MachineAbility> abilities = new ArrayList<>();
        abilities.add(ability("kill, pause and restart nodes", "by signals", "it takes a Unix-like system", () -> {
            Platform.check();
            return Optional.empty();
        }));
        abilities.add(ability(
                "delay, freeze, cut and lose on client links",
                "by a proxy, FaultyLinks; needs no root",
                "",
                Optional::empty));
        abilities.add(ability(
                "partitions, a network a node",
                "by namespaces and iptables",
                "it takes root, ip and iptables",
                NodeNetworks::unavailable));
        abilities.add(ability(
                "delay and loss between nodes",
                "by tc netem",
                "it takes a kernel with sch_netem, and what partitions take; the proxy delays client links without it",
                NodeNetworks::netemUnavailable));
        for (ClusterKind kind : ClusterKind.values()) {
            abilities.add(ability(
                    "wrong clocks of " + kind.id() + " nodes",
                    "by a preloaded library",
                    "it takes Linux, a C compiler (gcc), and the class path of the server",
                    () -> MovableClocks.unavailable(kind)));
        }
        abilities.add(ability(
                "slow disks",
                "by strace",
                "it takes strace, and leave to trace (root, or kernel.yama.ptrace_scope=0)",
                SlowDisk::unavailable));
        abilities.add(redis(checkout));
        return List.copyOf(abilities);
    }

    private static MachineAbility redis(Checkout checkout) {
        try {
            return new MachineAbility(
                    "Redis servers",
                    true,
                    new RedisServer(checkout).executable().toString());
        } catch (RuntimeException e) {
            return new MachineAbility("Redis servers", false, oneLine(String.valueOf(e.getMessage())));
        }
    }

    /** An attempt that throws is one that failed: a survey tells of everything. */
    static MachineAbility ability(String fault, String how, String enable, Supplier<Optional<String>> unavailable) {
        Optional<String> reason;
        try {
            reason = unavailable.get();
        } catch (RuntimeException e) {
            reason = Optional.of(String.valueOf(e.getMessage()));
        }
        return reason.map(why -> new MachineAbility(fault, false, oneLine(why) + "; " + enable))
                .orElseGet(() -> new MachineAbility(fault, true, how));
    }

    private static String oneLine(String text) {
        return String.join(" ", text.trim().split("\\s*\\R\\s*", -1)).replaceFirst("\\.$", "");
    }
}
