package io.fencepost.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of an event's own fields, and where their values are. Most events of a history share one of a dozen, so that a field costs an event its value alone.
 *
 * @param names in the order of the line
 * @param slots for each name the index of its value among the numbers, or the complement of its index among the others
 */
record Shape(List<String> names, List<Integer> slots) {
    /** The slot of a field that there is not. */
    static final int NONE = Integer.MIN_VALUE;

    Shape {
        names = List.copyOf(names);
        slots = List.copyOf(slots);
    }

    int slot(String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(name)) {
                return slots.get(i);
            }
        }
        return NONE;
    }

    /** Shapes and short texts that a reader met already. Not thread-safe. */
    static final class Cache {
        private static final int TEXTS = 100_000;
        private static final int TEXT_LENGTH = 64;

        private final Map<Shape, Shape> shapes = new HashMap<>();
        private final Map<String, String> texts = new HashMap<>();

        Shape shape(Shape shape) {
            Shape known = shapes.putIfAbsent(shape, shape);
            return known == null ? shape : known;
        }

        String text(String text) {
            if (text.length() > TEXT_LENGTH) {
                return text;
            }
            String known = texts.get(text);
            if (known != null) {
                return known;
            }
            if (texts.size() < TEXTS) {
                texts.put(text, text);
            }
            return text;
        }
    }
}
