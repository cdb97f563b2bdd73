package io.fencepost.scenarios.check;

/**
 * Two grants of one lock that a correct lock does not give.
 *
 * @param rule what they break
 * @param first the earlier grant
 * @param second the later grant
 */
public record Violation(Rule rule, GrantRecord first, GrantRecord second) {
    /** What is checked; K1 and K2 of the design. */
    public enum Rule {
        /** K1: a lock has one holder at a time. */
        DOUBLE_HOLDER("granted while another grant was in force"),
        /** K2: a token is issued once. */
        TOKEN_REPEATED("granted with a token that was issued before"),
        /** K2: a later grant has a greater token. */
        TOKEN_ORDER("granted with a smaller token than a grant before it");

        private final String text;

        Rule(String text) {
            this.text = text;
        }
    }

    @Override
    public String toString() {
        return "lock '%s' in %s: %s was %s (%s)"
                .formatted(first.lock(), first.scenario(), grant(second), rule.text, grant(first));
    }

    private static String grant(GrantRecord grant) {
        return "token %d to %s/%d at [%d, %d)"
                .formatted(grant.token(), grant.process(), grant.thread(), grant.grantedNanos(), grant.endNanos());
    }
}
