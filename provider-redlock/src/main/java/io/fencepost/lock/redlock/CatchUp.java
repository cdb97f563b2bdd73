package io.fencepost.lock.redlock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Raises the fences of a node that may have forgotten some to at least what other nodes have, before it counts again.
 *
 * <h2>Why a quorum of the others is enough</h2>
 *
 * Call x the node, and a <em>member</em> a node that bears the marker that it was admitted with: only members grant, because ACQUIRE compares the marker. Let a be a token that was vouched
 * for by the quorum Q. When x counts again, each member of Q that can be asked must have a fence of at least a; then the argument in {@link RedlockBackend} goes on as if nothing had
 * been forgotten. Two things make it so.
 *
 * <ul>
 *   <li><em>Who is read.</em> If x did not forget its part of a, or had none, there is nothing to make up for: x is in Q with the fence it has, or the nodes of Q are others. Else
 *       read any q members other than x. At most N − q = q − 1 nodes are not in Q, so one of those read is, and it has its fence of at least a: it has forgotten nothing since, or was itself
 *       caught up after that (the same argument, one admission earlier). It does not matter that the nodes are read one after another while others acquire: fences of members only go up.
 *   <li><em>When.</em> The attempt of a may have been granted at x, before x forgot, and be under way still: its other grants may come after they were read. So reading begins only
 *       when x has been out for the longest ttl: since the start of its run if that is what it forgot at, else since it was first seen to bear a joining marker, under which it
 *       grants nothing and which another loss would take away. A lease that is not granted to the caller within its ttl from its start never is (rule 3.6 of the kit), so that by then all
 *       that x's forgotten grants could help to vouch for has been vouched for. This rests on clocks that run at about the right rate, as exclusion does.
 * </ul>
 *
 * Attempts that begin later do not count x: it is not in service for those who know, and refuses ACQUIRE for lack of its marker to those who do not.
 *
 * <p>The limit: q members other than x must be there, so at most N − q nodes may have forgotten at the same time. Fewer sources prove nothing: of q − 1 nodes, none need be in Q.
 * Where more have forgotten, nothing that can be read makes up for it. The nodes are then raised to the greatest fence that any of them shows, which is the best that can be
 * done, and the log says that the order of tokens rests on the wall clocks of the clients.
 *
 * <h2>How</h2>
 *
 * Page by page, the next page of a source only after the last was taken by x, so that neither a node nor this client holds more than a page. A page changes a fence only if that is lower;
 * so several clients may do this at the same time, and may stop at any point. SCAN shows every key that is there from its beginning to its end, and fences are never deleted. Each page
 * compares the markers of both ends, and all pages go over the connections that they began with, so that a restart at either end stops it. Thread-safe.
 */
final class CatchUp {
    private static final String PAGE = "500";

    /** One node over one connection. */
    interface Server {
        /** Fails within a timeout if there is no answer. */
        CompletableFuture<List<Object>> ask(Script script, String[] keys, String... args);
    }

    /**
     * A node to read.
     *
     * @param marker what it must bear at each page
     */
    record Source(String marker, Server server) {}

    private final Settings settings;
    private final Server target;
    private final String marker;
    private final int needed;
    private final AtomicLong fences = new AtomicLong();
    private final CompletableFuture<Long> result = new CompletableFuture<>();

    // guarded by this
    private int open;
    private int read;

    /**
     * @param marker what the target must bear
     * @param needed how many sources must be read to the end; 0 if all are to be tried, and none is missed that cannot be reached
     */
    CatchUp(Settings settings, Server target, String marker, int needed) {
        this.settings = settings;
        this.target = target;
        this.marker = marker;
        this.needed = needed;
    }

    /**
     * @return how many fences were looked at, once enough sources were read; fails if that cannot come any more, and is cancelled if the target bears another marker by now, which another
     *     client set that was faster
     */
    CompletableFuture<Long> from(List<Source> sources) {
        synchronized (this) {
            open = sources.size();
        }
        if (sources.isEmpty()) {
            decide(null);
        }
        sources.forEach(source -> page(source, "0"));
        return result;
    }

    private void page(Source source, String cursor) {
        if (result.isDone()) {
            return;
        }
        source.server()
                .ask(
                        Script.FENCES,
                        new String[] {settings.markerKey()},
                        source.marker(),
                        settings.fencePattern(),
                        cursor,
                        PAGE)
                .whenComplete((@Nullable List<Object> answer, @Nullable Throwable fault) -> {
                    if (answer == null) {
                        ended(fault == null ? new IllegalStateException("no answer") : fault);
                    } else if (answer.get(0).equals(0L)) {
                        IllegalStateException changed =
                                new IllegalStateException("the marker of a node that was read changed meanwhile");
                        if (needed == 0) {
                            // it is being admitted itself; what it knows is wanted all the same
                            result.completeExceptionally(changed);
                        }
                        ended(changed);
                    } else {
                        lift(source, (String) answer.get(1), answer.subList(2, answer.size()));
                    }
                });
    }

    /** @param pairs key, fence, key, fence, … */
    private void lift(Source source, String next, List<Object> pairs) {
        if (pairs.isEmpty()) {
            goOn(source, next);
            return;
        }
        List<String> keys = new ArrayList<>(List.of(settings.markerKey()));
        List<String> args = new ArrayList<>(List.of(marker));
        for (int i = 0; i < pairs.size(); i += 2) {
            keys.add((String) pairs.get(i));
            args.add((String) pairs.get(i + 1));
        }
        target.ask(Script.LIFT, keys.toArray(new String[0]), args.toArray(new String[0]))
                .whenComplete((@Nullable List<Object> answer, @Nullable Throwable fault) -> {
                    if (answer == null) {
                        result.completeExceptionally(fault == null ? new IllegalStateException("no answer") : fault);
                    } else if (answer.get(0).equals(0L)) {
                        result.cancel(false);
                    } else {
                        fences.addAndGet(pairs.size() / 2);
                        goOn(source, next);
                    }
                });
    }

    private void goOn(Source source, String next) {
        if (next.equals("0")) {
            ended(null);
        } else {
            page(source, next);
        }
    }

    private synchronized void ended(@Nullable Throwable fault) {
        open--;
        read += fault == null ? 1 : 0;
        decide(fault);
    }

    private synchronized void decide(@Nullable Throwable fault) {
        if (needed == 0 ? open == 0 : read >= needed) {
            result.complete(fences.get());
        } else if (read + open < needed) {
            result.completeExceptionally(
                    new IllegalStateException("of the other nodes, too few could be read for their fences", fault));
        }
    }
}
