package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small histories of one lock. */
final class RandomLeases {
    private static final long MILLI = 1_000_000;

    private RandomLeases() {}

    /** A history of a lock that works, in which with some probability an instant is not where it should be, or a release is answered falsely. */
    static History draw(Random random) {
        List<Event> events = new ArrayList<>();
        int grants = 2 + random.nextInt(3);
        double mistakes = random.nextDouble() * 0.25;
        long free = 0;
        long token = 1;
        for (int id = 1; id <= grants; id++) {
            long begin = free + random.nextInt(3);
            long ttl = 2L + random.nextInt(8);
            long attempt = before(random, begin);
            long granted = after(random, begin);
            long validUntil = wrong(random, mistakes, attempt + ttl);
            long end = Math.max(begin, validUntil);
            List<Event> own = new ArrayList<>();
            for (int renewal = random.nextInt(3); renewal > 0; renewal--) {
                long at = begin + random.nextInt((int) Math.max(1, end - begin + 1));
                long sent = Math.max(0, wrong(random, mistakes, before(random, at)));
                long seen = Math.max(sent, after(random, at));
                end = Math.max(end, sent + ttl);
                begin = Math.max(begin, at);
                own.add(event(EventType.OK, Op.RENEWED, seen)
                        .with(Field.GRANT, id)
                        .with(Field.ATTEMPT, sent * MILLI)
                        .with(Field.VALID_UNTIL, (sent + ttl) * MILLI)
                        .build());
            }
            int release = random.nextInt(5);
            if (release > 0) {
                long at = wrong(random, mistakes, begin + random.nextInt((int) Math.max(1, end - begin + 2)));
                boolean falsely = release == 1 && random.nextDouble() < mistakes;
                long invoked = Math.max(granted, falsely ? end + random.nextInt(8) : at);
                long returned = after(random, invoked);
                own.add(event(EventType.INVOKE, Op.RELEASE, invoked)
                        .id(100L + id)
                        .with(Field.GRANT, id)
                        .with(Field.LOCK, "a")
                        .build());
                if (release < 4) {
                    boolean held = release < 3;
                    own.add(event(EventType.OK, Op.RELEASE, returned)
                            .id(100L + id)
                            .with(Field.OUTCOME, held ? Word.RELEASED : Word.NOT_HELD)
                            .build());
                    end = held && !falsely
                            ? invoked + random.nextInt((int) (returned - invoked + 1))
                            : Math.min(end, invoked);
                } else {
                    end = random.nextBoolean() ? Math.min(end, invoked) : end;
                }
            }
            events.add(event(EventType.INVOKE, Op.ACQUIRE, attempt)
                    .id(id)
                    .with(Field.LOCK, "a")
                    .with(Field.TTL_MS, ttl)
                    .build());
            events.add(event(EventType.OK, Op.ACQUIRE, Math.max(attempt, granted))
                    .id(id)
                    .with(Field.LOCK, "a")
                    .with(Field.TOKEN, random.nextDouble() < mistakes ? grants + token : token)
                    .with(Field.ATTEMPT, attempt * MILLI)
                    .with(Field.VALID_UNTIL, validUntil * MILLI)
                    .build());
            events.addAll(own);
            token++;
            free = random.nextDouble() < mistakes ? Math.max(0, end - 3) : end;
        }
        if (random.nextInt(4) == 0) {
            events.add(event(EventType.INVOKE, Op.ACQUIRE, random.nextInt(20))
                    .id(50)
                    .with(Field.LOCK, "a")
                    .with(Field.TTL_MS, 5)
                    .build());
        }
        return History.of(events);
    }

    private static Event.Builder event(EventType type, String op, long at) {
        return Event.builder(type, op).process("w1").at(at * MILLI);
    }

    private static long before(Random random, long instant) {
        return Math.max(0, instant - random.nextInt(4));
    }

    private static long after(Random random, long instant) {
        return instant + random.nextInt(4);
    }

    private static long wrong(Random random, double mistakes, long instant) {
        return random.nextDouble() < mistakes ? Math.max(0, instant + random.nextInt(13) - 6) : instant;
    }
}
