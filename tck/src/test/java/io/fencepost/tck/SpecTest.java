package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** SPEC.md, the rules' tests and the catalogue say the same. */
class SpecTest {
    private static final Pattern HEADING = Pattern.compile("### (\\S+) (.+)");

    @Test
    void theSpecHasEveryRuleOfTheCatalogueWithItsTitleAndParts() throws IOException {
        Map<RuleId, List<String>> sections = sections();
        assertThat(sections.keySet())
                .containsExactlyElementsOf(
                        RuleCatalogue.all().stream().map(RuleEntry::id).toList());
        for (RuleEntry entry : RuleCatalogue.all()) {
            List<String> section = sections.getOrDefault(entry.id(), List.of());
            assertThat(section.get(0)).isEqualTo("### " + entry.id() + " " + entry.title());
            assertThat(section)
                    .as("parts of rule %s", entry.id())
                    .anyMatch(line -> line.contains("MUST"))
                    .anyMatch(line -> line.startsWith("*Intent:* "))
                    .anyMatch(line -> line.startsWith("*Test:* "))
                    .anyMatch(line -> line.startsWith("*Needs:* "));
        }
    }

    @Test
    void everyRuleHasOneTestNamedByIt() {
        Map<String, List<Method>> tests = Arrays.stream(LockProviderTck.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Rule.class))
                .collect(Collectors.groupingBy(
                        method -> method.getAnnotation(Rule.class).value()));
        assertThat(tests.keySet())
                .containsExactlyInAnyOrderElementsOf(RuleCatalogue.all().stream()
                        .map(entry -> entry.id().toString())
                        .toList());
        tests.forEach((rule, methods) -> {
            assertThat(methods).as("tests of rule %s", rule).hasSize(1);
            assertThat(methods.get(0).getName()).startsWith("rule_" + rule.replace('.', '_') + "_");
        });
    }

    @Test
    void everyRuleHasABrokenProvider() {
        Set<String> broken = BrokenProvidersTest.expectations()
                .flatMap(expectation -> expectation.fails().keySet().stream())
                .collect(Collectors.toSet());
        assertThat(RuleCatalogue.all().stream()
                        .map(entry -> entry.id().toString())
                        .filter(rule -> !broken.contains(rule)))
                .isEmpty();
    }

    private static Map<RuleId, List<String>> sections() throws IOException {
        Map<RuleId, List<String>> sections = new LinkedHashMap<>();
        Optional<List<String>> current = Optional.empty();
        for (String line : Files.readAllLines(Path.of("SPEC.md"), UTF_8)) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                current = Optional.of(new ArrayList<>(List.of(line)));
                assertThat(sections.put(RuleId.parse(heading.group(1)), current.get()))
                        .as("rule %s stands once", heading.group(1))
                        .isNull();
            } else {
                current.ifPresent(section -> section.add(line));
            }
        }
        return sections;
    }
}
