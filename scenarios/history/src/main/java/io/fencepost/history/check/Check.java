package io.fencepost.history.check;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One checker's part of a judgement.
 *
 * @param id of the checker
 * @param title of the invariant
 * @param raw what the checker says of the history, whatever was expected
 * @param verdict what it comes to with the expectations of the run
 * @param note why {@code verdict} is not {@code raw}, or an empty text
 * @param found how many findings there are
 * @param findings the first of each kind
 * @param metrics what it counted
 */
public record Check(
        String id,
        String title,
        Result raw,
        Result verdict,
        String note,
        int found,
        List<Finding> findings,
        Map<String, Number> metrics) {
    public Check {
        Objects.requireNonNull(id, "id");
        findings = List.copyOf(findings);
    }
}
