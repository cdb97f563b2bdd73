package io.fencepost.scheduler.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of Prometheus' query language as the tests need: which metrics a query names, and what an alert compares. */
final class PromQl {
    private static final Pattern STRINGS = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'");
    private static final Pattern LABELS = Pattern.compile("\\{[^}]*}|\\b(?:by|without|on|ignoring)\\s*\\([^)]*\\)");
    private static final Pattern RANGES = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern NAMES = Pattern.compile("(?<![\\w$.])[a-zA-Z_:][\\w:]*(?!\\s*\\(|\\w)");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "by", "without", "on", "bool", "offset");
    private static final Pattern JOINS = Pattern.compile("\\s(?:and|or|unless)\\s");
    private static final Pattern COMPARISON =
            Pattern.compile("^(.*?)\\s*(?:==|!=|<=|>=|<|>)\\s*-?[\\d.]+$", Pattern.DOTALL);
    private static final Pattern ABSENT = Pattern.compile("^absent\\((.*)\\)$", Pattern.DOTALL);

    private PromQl() {}

    /** The metrics that a query names. */
    static Set<String> metrics(String query) {
        String bare = RANGES.matcher(LABELS.matcher(STRINGS.matcher(query).replaceAll("\"\""))
                        .replaceAll(" "))
                .replaceAll(" ");
        Set<String> names = new TreeSet<>();
        Matcher matcher = NAMES.matcher(bare);
        while (matcher.find()) {
            if (!WORDS.contains(matcher.group())) {
                names.add(matcher.group());
            }
        }
        return names;
    }

    /**
     * What an alert looks at, without the comparisons: all of it must have data, or the alert can never fire.
     *
     * @throws IllegalArgumentException if a part is neither a comparison with a number nor {@code absent}
     */
    static List<String> operands(String alert) {
        List<String> operands = new ArrayList<>();
        for (String part : JOINS.split(alert.strip(), -1)) {
            Matcher absent = ABSENT.matcher(part.strip());
            Matcher comparison = COMPARISON.matcher(part.strip());
            if (absent.matches()) {
                operands.add(absent.group(1));
            } else if (comparison.matches()) {
                operands.add(comparison.group(1));
            } else {
                throw new IllegalArgumentException("neither a comparison with a number nor absent(): " + part);
            }
        }
        return operands;
    }
}
