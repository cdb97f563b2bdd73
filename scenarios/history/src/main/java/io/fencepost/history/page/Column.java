package io.fencepost.history.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Values of one kind as JSON, in the shortest of several forms that the script of the page reads:
 *
 * <pre>
 * {"c": value}                          all the same
 * {"n": [value, …], "i": "AAB…"}        indexes into the values, one character each; or an array of indexes
 * {"v": [value, …]}                     as they are
 * {"d": [number, …], "by": "process"}   differences from the value before, or from the one before of the same process or lock
 * </pre>
 */
final class Column {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    /** A column with more different values is not worth an index. */
    private static final int MOST_NAMES = 5_000;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final List<@Nullable Object> values;
    private final Map<String, IntFunction<Integer>> groups = new LinkedHashMap<>();
    private String suffix = "";

    Column(List<@Nullable Object> values) {
        this.values = values;
    }

    static Column of(long... values) {
        List<@Nullable Object> boxed = new ArrayList<>(values.length);
        for (long value : values) {
            boxed.add(value);
        }
        return new Column(boxed);
    }

    /** Differences may also be taken within groups. */
    Column groupedBy(String name, IntFunction<Integer> groupOf) {
        groups.put(name, groupOf);
        return this;
    }

    /** The values are instants relative to the start of their rows. */
    Column ofInstants() {
        suffix = ",\"t\":1";
        return this;
    }

    String toJson() {
        List<String> forms = new ArrayList<>();
        names(forms);
        if (forms.isEmpty() || !forms.get(0).startsWith("\"c\"")) {
            if (values.stream().allMatch(Long.class::isInstance)) {
                forms.add("\"d\":" + differences(row -> 0));
                groups.forEach(
                        (name, groupOf) -> forms.add("\"d\":" + differences(groupOf) + ",\"by\":\"" + name + "\""));
            }
            forms.add("\"v\":" + json(values));
        }
        String shortest = forms.get(0);
        for (String form : forms) {
            shortest = form.length() < shortest.length() ? form : shortest;
        }
        return "{" + shortest + suffix + "}";
    }

    private void names(List<String> forms) {
        Map<@Nullable Object, Integer> numbers = new LinkedHashMap<>();
        int[] indexes = new int[values.size()];
        for (int i = 0; i < indexes.length; i++) {
            Integer known = numbers.get(values.get(i));
            if (known == null) {
                if (numbers.size() == MOST_NAMES) {
                    return;
                }
                known = numbers.size();
                numbers.put(values.get(i), known);
            }
            indexes[i] = known;
        }
        List<@Nullable Object> names = new ArrayList<>(numbers.keySet());
        if (names.size() == 1) {
            forms.add("\"c\":" + json(names.get(0)));
            return;
        }
        StringBuilder packed = new StringBuilder(indexes.length + 2);
        boolean characters = names.size() <= ALPHABET.length();
        packed.append(characters ? '"' : '[');
        for (int i = 0; i < indexes.length; i++) {
            if (characters) {
                packed.append(ALPHABET.charAt(indexes[i]));
            } else {
                packed.append(i == 0 ? "" : ",").append(indexes[i]);
            }
        }
        packed.append(characters ? '"' : ']');
        forms.add("\"n\":" + json(names) + ",\"i\":" + packed);
    }

    private String differences(IntFunction<Integer> groupOf) {
        Map<Integer, Long> last = new LinkedHashMap<>();
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Long value) {
                Long before = last.put(groupOf.apply(i), value);
                json.append(i == 0 ? "" : ",").append(value - (before == null ? 0 : before));
            }
        }
        return json.append(']').toString();
    }

    /** JSON that can stand inside a script element: no text of others ends or comments it. */
    static String json(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsString(value)
                    .replace("<", "\\u003c")
                    .replace("\u2028", "\\u2028")
                    .replace("\u2029", "\\u2029");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("fields of events are plain values", e);
        }
    }
}
