package io.fencepost.history.page;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Writes elements, escaped and balanced. */
final class Html {
    private final StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes names and values in turn; an empty name is left out together with its value */
    Html open(String element, String... attributes) {
        start(element, attributes);
        open.push(element);
        return this;
    }

    Html close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    /** An element that has no end tag. */
    Html empty(String element, String... attributes) {
        start(element, attributes);
        return this;
    }

    /** An element with nothing but text in it. */
    Html leaf(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    Html text(String text) {
        escape(text);
        return this;
    }

    Html newLine() {
        out.append('\n');
        return this;
    }

    /**
     * A script or style sheet, which browsers read as it stands up to the end tag.
     *
     * @throws IllegalArgumentException if it would end before its end
     */
    Html raw(String element, String content, String... attributes) {
        if (content.contains("</") && content.toLowerCase(Locale.ROOT).contains("</" + element)) {
            throw new IllegalArgumentException("the content ends its own element " + element);
        }
        start(element, attributes);
        out.append(content).append("</").append(element).append('>');
        return this;
    }

    String finish() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("open elements: " + open);
        }
        return out.append('\n').toString();
    }

    private void start(String element, String... attributes) {
        out.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            if (!attributes[i].isEmpty()) {
                out.append(' ').append(attributes[i]).append("=\"");
                escape(attributes[i + 1]);
                out.append('"');
            }
        }
        out.append('>');
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(isPrintable(c) ? c : ' ');
            }
        }
    }

    private static boolean isPrintable(char c) {
        return c == '\n' || c == '\t' || !Character.isISOControl(c);
    }
}
