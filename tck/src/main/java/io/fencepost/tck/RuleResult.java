package io.fencepost.tck;

import java.time.Duration;
import java.util.List;

/**
 * What became of one rule on one provider.
 *
 * @param rule its number
 * @param title its title
 * @param provider name of the fixture
 * @param verdict of the rule
 * @param reason why it failed or was not run; empty if it passed
 * @param took how long its test ran; zero if it was not run
 */
record RuleResult(RuleId rule, String title, String provider, Verdict verdict, String reason, Duration took) {
    /** What the reason of a rule begins with that has no meaning for a provider. */
    static final String NOT_APPLICABLE = "not applicable";

    static final List<String> COLUMNS = List.of("rule", "title", "provider", "result", "reason", "millis");

    /** The three ways in which a rule ends. */
    enum Verdict {
        PASSED("PASSED"),
        FAILED("FAILED"),
        NOT_RUN("NOT RUN");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        static Verdict parse(String text) {
            for (Verdict verdict : values()) {
                if (verdict.text.equals(text)) {
                    return verdict;
                }
            }
            throw new IllegalArgumentException("'" + text + "' is not PASSED, FAILED or NOT RUN");
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** As it stands in a cell of the matrix. */
    String symbol() {
        return switch (verdict) {
            case PASSED -> "+";
            case FAILED -> "−";
            case NOT_RUN -> reason.startsWith(NOT_APPLICABLE) ? "n/a" : verdict.toString();
        };
    }

    List<String> toFields() {
        return List.of(rule.toString(), title, provider, verdict.toString(), reason, Long.toString(took.toMillis()));
    }

    /** @throws IllegalArgumentException if the fields are not those that {@link #toFields} gives */
    static RuleResult fromFields(List<String> fields) {
        if (fields.size() != COLUMNS.size()) {
            throw new IllegalArgumentException("expected the columns " + COLUMNS + ", got " + fields);
        }
        return new RuleResult(
                RuleId.parse(fields.get(0)),
                fields.get(1),
                fields.get(2),
                Verdict.parse(fields.get(3)),
                fields.get(4),
                Duration.ofMillis(Long.parseLong(fields.get(5))));
    }
}
