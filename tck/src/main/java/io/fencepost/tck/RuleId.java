package io.fencepost.tck;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The number of a rule: its chapter and its place there. */
record RuleId(int chapter, int number) implements Comparable<RuleId> {
    /** Behind every rule. */
    static final RuleId LAST = new RuleId(Integer.MAX_VALUE, 0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})");
    private static final Comparator<RuleId> ORDER =
            Comparator.comparingInt(RuleId::chapter).thenComparingInt(RuleId::number);

    /** @throws IllegalArgumentException if the text is not of the form {@code 2.4} */
    static RuleId parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not the number of a rule, like 2.4");
        }
        return new RuleId(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public int compareTo(RuleId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return chapter + "." + number;
    }
}
