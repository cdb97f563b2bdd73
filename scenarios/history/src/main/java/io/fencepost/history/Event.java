package io.fencepost.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a history: what a process did or saw at an instant. Immutable.
 *
 * <p>The common fields have accessors of their own; those that depend on the operation are read by the names of {@link Field}. Fields that nothing knows are kept.
 */
public final class Event {
    /** The thread or id of an event that has none. */
    public static final int NONE = -1;

    private final long nanos;
    private final String process;
    private final int thread;
    private final EventType type;
    private final String op;
    private final long id;
    private final int line;
    private final Shape shape;
    private final long[] numbers;
    private final @Nullable Object[] others;

    private Event(Builder builder, Shape.@Nullable Cache cache) {
        nanos = builder.nanos;
        process = share(Objects.requireNonNull(builder.process, "process"), cache);
        thread = builder.thread;
        type = builder.type;
        op = share(builder.op, cache);
        id = builder.id;
        line = builder.line;
        List<Integer> slots = new ArrayList<>(builder.values.size());
        int numberCount = 0;
        int otherCount = 0;
        for (Object value : builder.values) {
            slots.add(value instanceof Long ? numberCount++ : ~otherCount++);
        }
        numbers = new long[numberCount];
        others = new Object[otherCount];
        for (int i = 0; i < slots.size(); i++) {
            Object value = builder.values.get(i);
            int slot = slots.get(i);
            if (value instanceof Long number) {
                numbers[slot] = number;
            } else {
                others[~slot] = value instanceof String text ? share(text, cache) : value;
            }
        }
        Shape own = new Shape(builder.names, slots);
        shape = cache == null ? own : cache.shape(own);
        Required.check(this);
    }

    private Event(Event event, int line) {
        nanos = event.nanos;
        process = event.process;
        thread = event.thread;
        type = event.type;
        op = event.op;
        id = event.id;
        this.line = line;
        shape = event.shape;
        numbers = event.numbers;
        others = event.others;
    }

    private static String share(String text, Shape.@Nullable Cache cache) {
        return cache == null ? text : cache.text(text);
    }

    /** Begins an event of that type and operation. */
    public static Builder builder(EventType type, String op) {
        return new Builder(type, op);
    }

    /** Reads one line as {@link #toJson} writes it, or any other JSON object with the common fields. */
    public static Event parse(String json) throws HistoryFormatException {
        return new EventCodec().decode(json, 0);
    }

    /** The event as one line of JSON, without a line break. */
    public String toJson() {
        return EventCodec.encode(this);
    }

    /** When, on the machine-wide monotonic clock. */
    public long nanos() {
        return nanos;
    }

    /** Who: a worker, or one of {@link Op#STORE}, {@link Op#NEMESIS}, {@link Op#RUNNER}. */
    public String process() {
        return process;
    }

    /** The number of the thread in the process, or {@link #NONE}. */
    public int thread() {
        return thread;
    }

    /** What it says of its operation. */
    public EventType type() {
        return type;
    }

    /** What was done: one of {@link Op}, or the name of a fault. */
    public String op() {
        return op;
    }

    /** The id of the operation, unique in its process, or {@link #NONE}. */
    public long id() {
        return id;
    }

    /** The number of its line in the file, counted from 1; 0 if it comes from no file. */
    public int line() {
        return line;
    }

    /** Whether type and operation are these. */
    public boolean is(EventType type, String op) {
        return this.type == type && this.op.equals(op);
    }

    /** Whether a worker made it, and neither store nor nemesis nor runner. */
    public boolean isOfWorker() {
        return !(process.equals(Op.STORE) || process.equals(Op.NEMESIS) || process.equals(Op.RUNNER));
    }

    /** The names of its own fields, in the order of the line. */
    public List<String> names() {
        return shape.names();
    }

    /** Whether it has that field of its own. */
    public boolean has(String name) {
        return value(name) != null;
    }

    /** A field of its own: Long, Double, Boolean, String, List or Map; null if it is not there. */
    public @Nullable Object value(String name) {
        int slot = shape.slot(name);
        if (slot == Shape.NONE) {
            return null;
        }
        return slot >= 0 ? (Object) numbers[slot] : others[~slot];
    }

    /** @throws IllegalStateException if it has no whole number of that name */
    public long number(String name) {
        int slot = shape.slot(name);
        if (slot < 0) {
            throw missing(name, "number");
        }
        return numbers[slot];
    }

    /** A whole number of that name, or {@code absent}. */
    public long number(String name, long absent) {
        int slot = shape.slot(name);
        return slot < 0 ? absent : numbers[slot];
    }

    /** @throws IllegalStateException if it has no text of that name */
    public String text(String name) {
        if (value(name) instanceof String text) {
            return text;
        }
        throw missing(name, "text");
    }

    /** A text of that name, or {@code absent}. */
    public String text(String name, String absent) {
        return value(name) instanceof String text ? text : absent;
    }

    private IllegalStateException missing(String name, String kind) {
        return new IllegalStateException("line " + line + ": no " + kind + " '" + name + "' in " + this);
    }

    /** {@link Field#LOCK}. */
    public String lock() {
        return text(Field.LOCK);
    }

    /** {@link Field#TOKEN}. */
    public long token() {
        return number(Field.TOKEN);
    }

    /** {@link Field#GRANT}. */
    public long grant() {
        return number(Field.GRANT);
    }

    /** {@link Field#ERROR}, or an empty text. */
    public String error() {
        return text(Field.ERROR, "");
    }

    /** The same event at another line. */
    Event atLine(int line) {
        return new Event(this, line);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Event event && toJson().equals(event.toJson());
    }

    @Override
    public int hashCode() {
        return Objects.hash(nanos, process, type, op, id);
    }

    @Override
    public String toString() {
        return toJson();
    }

    /** Builds an event. Not thread-safe. */
    public static final class Builder {
        private final EventType type;
        private final String op;
        private final List<String> names = new ArrayList<>();
        private final List<@Nullable Object> values = new ArrayList<>();
        private long nanos;
        private @Nullable String process;
        private int thread = NONE;
        private long id = NONE;
        private int line;

        private Builder(EventType type, String op) {
            this.type = Objects.requireNonNull(type, "type");
            this.op = Objects.requireNonNull(op, "op");
        }

        /** When, on the machine-wide monotonic clock, in nanoseconds. Required. */
        public Builder at(long nanos) {
            this.nanos = nanos;
            return this;
        }

        /** Who. Required. */
        public Builder process(String process) {
            this.process = Objects.requireNonNull(process, "process");
            return this;
        }

        /** The number of the thread in the process. Default none. */
        public Builder thread(int thread) {
            this.thread = thread;
            return this;
        }

        /** The id of the operation, unique in its process. Required unless it is an observation. */
        public Builder id(long id) {
            this.id = id;
            return this;
        }

        /** Adds a field: an integer, a double, a boolean, a text, or a list or map of them. */
        public Builder with(String name, @Nullable Object value) {
            if (EventCodec.isCommon(name)) {
                throw new IllegalArgumentException("'" + name + "' is one of the common fields");
            }
            names.add(Objects.requireNonNull(name, "name"));
            values.add(value instanceof Integer || value instanceof Short ? ((Number) value).longValue() : value);
            return this;
        }

        Builder line(int line) {
            this.line = line;
            return this;
        }

        /** @throws IllegalArgumentException if a field is missing that an event of this kind needs */
        public Event build() {
            return build(null);
        }

        Event build(Shape.@Nullable Cache cache) {
            return new Event(this, cache);
        }
    }
}
