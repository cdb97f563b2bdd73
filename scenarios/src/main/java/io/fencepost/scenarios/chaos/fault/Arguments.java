package io.fencepost.scenarios.chaos.fault;

import io.fencepost.scenarios.chaos.plan.FaultPlan;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The arguments of one fault, with errors that name them. */
final class Arguments {
    private final FaultPlan plan;

    Arguments(FaultPlan plan, Set<String> allowed) {
        this.plan = plan;
        for (String name : plan.arguments().keySet()) {
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException("fault " + plan.name() + ": '" + name + "' is unknown; there are "
                        + String.join(", ", new TreeSet<>(allowed)));
            }
        }
    }

    String choice(String name, List<String> allowed) {
        String value = plan.arguments().getOrDefault(name, allowed.get(0));
        if (!allowed.contains(value)) {
            throw wrong(name, value, "one of " + String.join(", ", allowed));
        }
        return value;
    }

    String text(String name, String otherwise) {
        return plan.arguments().getOrDefault(name, otherwise);
    }

    double part(String name) {
        String value = plan.arguments().getOrDefault(name, "0");
        try {
            double number = Double.parseDouble(value);
            if (number >= 0 && number <= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw wrong(name, value, "a number from 0 to 1");
    }

    /** A duration, with a minus sign where that makes sense. */
    Duration time(String name, String otherwise, boolean negative) {
        Map<String, String> arguments = plan.arguments();
        String value = arguments.getOrDefault(name, otherwise);
        boolean minus = negative && value.startsWith("-");
        String number = minus ? value.substring(1) : value;
        try {
            Duration duration = Duration.parse(iso(number));
            if (!duration.isNegative()) {
                return minus ? duration.negated() : duration;
            }
        } catch (DateTimeParseException e) {
            // said below, like a time that is negative
        }
        throw wrong(name, value, "a duration such as 250ms or 2s");
    }

    private static String iso(String number) {
        if (number.endsWith("ms")) {
            String millis = number.substring(0, number.length() - 2);
            return millis.matches("\\d{1,9}")
                    ? Duration.ofMillis(Long.parseLong(millis)).toString()
                    : number;
        }
        return number.startsWith("P") ? number : "PT" + number;
    }

    IllegalArgumentException wrong(String name, String value, String allowed) {
        return new IllegalArgumentException(
                "fault " + plan.name() + ": " + name + " is '" + value + "', but must be " + allowed);
    }
}
