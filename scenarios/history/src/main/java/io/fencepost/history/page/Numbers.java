package io.fencepost.history.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Numbers with units, for people. */
final class Numbers {
    private Numbers() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    static String milliseconds(double millis) {
        return decimal(millis) + " ms";
    }

    /** A figure whose name tells the unit. */
    static String named(String name, Number value) {
        String number = value instanceof Double || value instanceof Float
                ? decimal(value.doubleValue())
                : count(value.longValue());
        return name.endsWith("_ms")
                ? name.substring(0, name.length() - 3).replace('_', ' ') + " " + number + " ms"
                : name.replace('_', ' ') + " " + number;
    }

    /** At most three digits after the point. */
    private static String decimal(double number) {
        String text = String.format(Locale.ROOT, "%,.3f", number);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    /** A value of JSON in words; no number has more than three digits after the point. */
    static String words(JsonNode value) {
        if (value.isIntegralNumber()) {
            return value.bigIntegerValue().abs().bitLength() < 34 ? value.asText() : count(value.asLong());
        }
        if (value.isNumber()) {
            return decimal(value.asDouble());
        }
        if (value.isNull() || value.isMissingNode()) {
            return "–";
        }
        return value.isTextual() ? value.asText() : value.toString();
    }
}
