package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.FaultyLink;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.infra.LinkFaults;
import io.fencepost.infra.ServerNode;
import io.fencepost.scenarios.chaos.Crew;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Something happens between workers and servers, again and again while it lasts: {@code delay}, {@code break-links}, {@code lose-replies}, {@code freeze-links}. */
final class LinkFault implements Fault {
    private static final Duration LOOK = Duration.ofMillis(20);

    /** What happens to links; called at the beginning, and then as often as the fault says. */
    @FunctionalInterface
    interface Deed {
        void to(List<FaultyLink> links, SplittableRandom random);
    }

    private final Lab lab;
    private final NodeChoice choice;
    private final Deed deed;
    private final Duration every;
    private final boolean holds;
    private final SplittableRandom random;
    private final AtomicLong mostHeld = new AtomicLong();
    private List<ServerNode> nodes = List.of();
    private List<FaultyLink> links = List.of();
    private long resetsBefore;
    private @Nullable ScheduledExecutorService timer;

    /**
     * @param every how often the deed is done; zero for once
     * @param holds whether it shows in bytes that are held, and not in connections that are reset
     */
    LinkFault(Lab lab, NodeChoice choice, Deed deed, Duration every, boolean holds) {
        this.lab = lab;
        this.choice = choice;
        this.deed = deed;
        this.every = every;
        this.holds = holds;
        this.random = lab.random().split();
    }

    @Override
    public void start() {
        nodes = choice.draw(lab);
        List<FaultyLink> all = new ArrayList<>();
        for (Crew.Member member : lab.crew().members()) {
            FaultyLinks ways = member.links();
            nodes.forEach(node -> all.add(ways.links().get(node.index())));
        }
        links = List.copyOf(all);
        resetsBefore = resets();
        deed.to(links, random);
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "link-fault");
            thread.setDaemon(true);
            return thread;
        });
        timer = ticker;
        var unusedLook =
                ticker.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (!every.isZero()) {
            var unusedDeed = ticker.scheduleAtFixedRate(
                    () -> deed.to(links, random), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        mostHeld.accumulateAndGet(
                links.stream().mapToLong(LinkFaults::heldBytes).sum(), Math::max);
    }

    private long resets() {
        return links.stream().mapToLong(LinkFaults::resets).sum();
    }

    @Override
    public String target() {
        return "links of all workers to " + NodeChoice.names(nodes);
    }

    @Override
    public String proof() throws UnprovedException {
        long resets = resets() - resetsBefore;
        if (holds ? mostHeld.get() == 0 : resets == 0) {
            throw new UnprovedException(holds ? "no byte was ever held" : "no connection was reset");
        }
        return holds ? "up to " + mostHeld.get() + " bytes held at once" : resets + " connections reset";
    }

    @Override
    public String heal() throws InterruptedException {
        if (timer != null) {
            timer.shutdownNow();
            if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the fault does not end");
            }
        }
        links.forEach(LinkFaults::heal);
        return "all links pass";
    }
}
