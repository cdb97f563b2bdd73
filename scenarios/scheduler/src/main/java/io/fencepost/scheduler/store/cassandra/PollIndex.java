package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.store.cassandra.Entry.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code jobs}: what may be due, by tenant and priority, and within that by hours.
 *
 * <p>Entries come and go like those of a queue, and what is deleted has to be skipped by every later read for as long as it is remembered. So each partition has a low-water mark, below which nothing lives: the
 * first entry that was found last, but never less than {@link #MARGIN} ago, since others may just be writing there by clocks that are behind. It is kept here and, from time to time, in the table
 * {@code hours} for those that come later. So a poll skips what was deleted in the last minute, two entries for each job, or since the oldest job that is due and that nobody begins. Where that becomes too
 * much for Cassandra (100,000 in one read, by its settings), that partition is left out until it is less, and the others are read.
 *
 * <p>Whoever is later than that, because it was stopped in the middle of a change, writes its entry again when it goes on; and what is lost even so is found by {@link Upkeep}.
 */
final class PollIndex {
    /** By how much the clocks of processes may differ, and how long a write may be under way, before its entry is found late. */
    static final Duration MARGIN = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(PollIndex.class);
    private static final Duration LANES_AGE = Duration.ofMillis(250);
    private static final Duration LOW_AGE = Duration.ofSeconds(5);

    /** A partition. */
    record Part(Lane lane, long hour) {}

    /** The partitions up to an hour, each with its mark. */
    private record Lanes(Map<Part, Long> marks, long last, long readNanos) {
        static final Lanes UNREAD = new Lanes(Map.of(), Long.MIN_VALUE, 0);

        boolean serve(long hour) {
            return hour == last && System.nanoTime() - readNanos <= LANES_AGE.toNanos();
        }
    }

    /** What is known of a partition: where to read from, and since when others know. */
    private record Low(long from, long told, long toldNanos) {}

    private final Statements cql;
    private final Set<Part> opened = ConcurrentHashMap.newKeySet();
    private final Map<Part, Low> lows = new ConcurrentHashMap<>();
    private final Set<Part> failing = ConcurrentHashMap.newKeySet();
    private volatile Lanes lanes = Lanes.UNREAD;

    PollIndex(Statements cql) {
        this.cql = cql;
    }

    /** Done when pollers can find it. */
    CompletionStage<?> enter(Entry entry) {
        Part part = new Part(entry.lane(), entry.hour());
        lows.computeIfPresent(
                part, (same, low) -> new Low(Math.min(low.from(), entry.ready()), low.told(), low.toldNanos()));
        CompletionStage<?> written = cql.plain(cql.enter.bind(
                entry.lane().key(),
                entry.hour(),
                entry.ready(),
                entry.job(),
                entry.number(),
                entry.lane().tenant(),
                entry.lane().priority(),
                entry.next(),
                entry.began()));
        if (opened.contains(part)) {
            return written;
        }
        CompletionStage<?> open = cql.plain(cql.openLane.bind(
                        part.lane().key(),
                        part.hour(),
                        part.lane().tenant(),
                        part.lane().priority()))
                .thenApply(done -> {
                    lanes = Lanes.UNREAD;
                    return opened.add(part);
                });
        return written.thenCombine(open, (one, other) -> one);
    }

    /** In the background; what is not removed is found out to be obsolete later. */
    void remove(Entry entry) {
        cql.plain(cql.remove.bind(entry.lane().key(), entry.hour(), entry.ready(), entry.job(), entry.number()));
    }

    /** Whether pollers find an entry. */
    boolean finds(Entry entry) {
        Part part = new Part(entry.lane(), entry.hour());
        Long low = lanes(Math.max(entry.hour(), Entry.hour(Micros.of(Instant.now()))))
                .get(part);
        return low != null
                && entry.ready() >= low
                && !Answers.of(cql.rows(cql.entry.bind(
                                entry.lane().key(), entry.hour(), entry.ready(), entry.job(), entry.number())))
                        .isEmpty();
    }

    /**
     * What is ready at {@code now}, of each lane and hour the oldest {@code limit} at most. A partition that cannot be read is left out.
     *
     * @throws StoreException if none could be read
     */
    List<Entry> poll(long now, int limit) {
        long wall = Micros.of(Instant.now());
        // what was due at that time may have been written later
        long until = Math.max(now, wall);
        long settled = Math.min(now, wall) - MARGIN.toNanos() / 1000;
        Map<Part, CompletableFuture<List<Row>>> asked = new LinkedHashMap<>();
        Map<Part, Low> before = new LinkedHashMap<>();
        Map<Part, Long> known = lanes(Entry.hour(until));
        Map<Part, Long> open = new LinkedHashMap<>(known);
        // its row is only written with the first entry of the hour, and may not have been read yet
        known.keySet().forEach(part -> open.putIfAbsent(new Part(part.lane(), Entry.hour(until)), 0L));
        open.forEach((part, told) -> {
            Low low = lows.computeIfAbsent(
                    part, same -> new Low(Math.max(Entry.begin(part.hour()), told), told, System.nanoTime()));
            before.put(part, low);
            asked.put(part, cql.rows(look(part, low.from(), until, limit)).toCompletableFuture());
        });
        List<Entry> found = new ArrayList<>();
        answered(asked, failing).forEach((part, rows) -> {
            List<Entry> entries = rows.stream().map(Entry::of).toList();
            entries.stream()
                    .filter(entry -> entry.isRunning() || entry.next() <= now)
                    .forEach(found::add);
            long end = Entry.begin(part.hour() + 1);
            long first = entries.isEmpty() ? Math.min(now, end) : entries.get(0).ready();
            learned(part, Objects.requireNonNull(before.get(part)), Math.min(first, settled));
            if (entries.isEmpty() && known.containsKey(part) && Entry.begin(part.hour() + 2) < settled) {
                close(part);
            }
        });
        return found;
    }

    /**
     * The answers of those that gave one.
     *
     * @param failing those that did not the last time, of which nothing is said again
     */
    static <T> Map<Part, T> answered(Map<Part, CompletableFuture<T>> asked, Set<Part> failing) {
        Map<Part, T> answers = new LinkedHashMap<>();
        Map<Part, StoreException> faults = new LinkedHashMap<>();
        asked.forEach((part, answer) -> {
            try {
                answers.put(part, Answers.of(answer));
                failing.remove(part);
            } catch (StoreException e) {
                faults.put(part, e);
            }
        });
        if (answers.isEmpty() && !faults.isEmpty()) {
            throw faults.values().iterator().next();
        }
        faults.forEach((part, fault) -> {
            if (failing.add(part)) {
                LOG.warn("cassandra: {} cannot be read, so that what is due there is not found for now", part, fault);
            }
        });
        return answers;
    }

    private BoundStatement look(Part part, long from, long now, int limit) {
        // one page: more than that is not asked for
        return cql.look.bind(part.lane().key(), part.hour(), from, now, limit).setPageSize(limit + 1);
    }

    private void learned(Part part, Low before, long from) {
        if (from <= before.from()) {
            return;
        }
        boolean tell = System.nanoTime() - before.toldNanos() > LOW_AGE.toNanos();
        Low after = new Low(from, tell ? from : before.told(), tell ? System.nanoTime() : before.toldNanos());
        // not if an entry was written below it meanwhile
        if (lows.replace(part, before, after) && tell && lanes.marks().containsKey(part)) {
            cql.plain(cql.lowerLane.bind(
                    part.lane().key(),
                    part.hour(),
                    part.lane().tenant(),
                    part.lane().priority(),
                    from));
        }
    }

    /** Nothing is written there any more. */
    private void close(Part part) {
        opened.remove(part);
        lows.remove(part);
        cql.plain(cql.closeLane.bind(part.lane().key(), part.hour()));
    }

    /** The partitions up to that hour, and none of later ones, of which there may be many: jobs are planned far ahead. */
    private Map<Part, Long> lanes(long hour) {
        Lanes known = lanes;
        if (!known.serve(hour)) {
            Map<Part, Long> read = new LinkedHashMap<>();
            for (Row row : Answers.of(cql.rows(cql.lanes.bind(hour)))) {
                Lane lane = new Lane(Objects.requireNonNull(row.getString("tenant")), row.getInt("priority"));
                read.put(new Part(lane, row.getLong("hour")), row.getLong("low"));
            }
            known = new Lanes(Map.copyOf(read), hour, System.nanoTime());
            lanes = known;
            // others have closed them
            List.of(lows.keySet(), opened, failing)
                    .forEach(parts -> parts.removeIf(part -> part.hour() < hour - 2 && !read.containsKey(part)));
        }
        return known.marks();
    }
}
