package io.fencepost.lock.fencing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Entries in a map. Every operation is one atomic step, so no outcome is ever unknown. */
final class MemoryFencedStore implements FencedStore<FencedStore.Mark> {
    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(Mark mark, Optional<FencedValue> value) {}

    @Override
    public Answer<Mark> replace(Optional<Mark> expected, Write write, Duration limit) {
        Mark next = new Mark(write.token(), write.id());
        Entry entry = new Entry(next, write.value().map(value -> new FencedValue(write.token(), value)));
        boolean[] done = new boolean[1];
        Entry after = entries.compute(write.key(), (key, now) -> {
            boolean asExpected = Optional.ofNullable(now).map(Entry::mark).equals(expected);
            done[0] = asExpected
                    && (now == null || !write.token().isStaleAfter(now.mark().token()));
            return done[0] ? entry : now;
        });
        return done[0]
                ? new Answer.Applied<>(next)
                : new Answer.Refused<>(Optional.ofNullable(after).map(Entry::mark));
    }

    @Override
    public Optional<Mark> look(String key, Duration limit) {
        return Optional.ofNullable(entries.get(key)).map(Entry::mark);
    }

    @Override
    public Optional<FencedValue> read(String key, Duration limit) {
        return Optional.ofNullable(entries.get(key)).flatMap(Entry::value);
    }
}
