package io.fencepost.scenarios.chaos.fault;

import io.fencepost.scenarios.chaos.Crew;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One worker that holds a lock loses all servers, without being told: {@code cut-worker}. */
final class CutWorkerFault implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(1);

    private final Lab lab;
    private Crew.@Nullable Member member;

    CutWorkerFault(Lab lab) {
        this.lab = lab;
    }

    @Override
    public void start() throws InterruptedException, UnprovedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<Crew.Member> holder = lab.crew().holder();
        while (holder.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new UnprovedException("no worker held a lock within " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(LOOK.toMillis());
            holder = lab.crew().holder();
        }
        Crew.Member found = holder.get();
        member = found;
        found.links().freeze();
    }

    @Override
    public String target() {
        return member == null ? "nobody" : member.worker().name() + " and all servers";
    }

    @Override
    public String proof() throws UnprovedException {
        long held = member == null ? 0 : member.links().heldBytes();
        if (held == 0) {
            throw new UnprovedException("no byte was held");
        }
        return held + " bytes held";
    }

    @Override
    public String heal() {
        if (member != null) {
            member.links().heal();
        }
        return "all links pass";
    }
}
