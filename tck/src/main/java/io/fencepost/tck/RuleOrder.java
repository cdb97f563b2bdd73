package io.fencepost.tck;

import java.util.Comparator;
import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;

/** Runs the rules in the order of their numbers, and tests that are no rules after them. */
public final class RuleOrder implements MethodOrderer {
    /** For JUnit. */
    public RuleOrder() {}

    @Override
    public void orderMethods(MethodOrdererContext context) {
        context.getMethodDescriptors()
                .sort(Comparator.comparing((MethodDescriptor method) -> method.findAnnotation(Rule.class)
                                .map(rule -> RuleId.parse(rule.value()))
                                .orElse(RuleId.LAST))
                        .thenComparing(method -> method.getMethod().getName()));
    }
}
