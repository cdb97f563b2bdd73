package io.fencepost.report;

import io.fencepost.report.Block.Bullets;
import io.fencepost.report.Block.Code;
import io.fencepost.report.Block.Figure;
import io.fencepost.report.Block.Heading;
import io.fencepost.report.Block.Paragraph;
import io.fencepost.report.Block.Table;
import io.fencepost.report.Block.Text;
import io.fencepost.report.Block.Tone;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Writes blocks as one page that needs nothing from anywhere else. */
final class HtmlWriter {
    /** A table with more rows scrolls within itself. */
    private static final int TALL = 25;

    private final Markup out = new Markup();

    private HtmlWriter() {}

    static String write(String title, List<Block> blocks) {
        return new HtmlWriter().page(title, blocks);
    }

    private String page(String title, List<Block> blocks) {
        out.doctype().open("html", "lang", "en").open("head").newLine();
        out.empty("meta", "charset", "utf-8").newLine();
        out.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .newLine();
        out.leaf("title", title).newLine();
        out.leaf("style", css()).newLine();
        out.close().newLine().open("body").open("main").newLine();
        for (Block block : blocks) {
            write(block);
            out.newLine();
        }
        out.close().close().newLine().close();
        return out.finish() + "\n";
    }

    private void write(Block block) {
        if (block instanceof Heading heading) {
            out.leaf("h" + heading.level(), heading.text());
        } else if (block instanceof Paragraph paragraph) {
            out.open("p");
            write(paragraph.text());
            out.close();
        } else if (block instanceof Bullets bullets) {
            out.open("ul");
            for (Text item : bullets.items()) {
                out.open("li");
                write(item);
                out.close();
            }
            out.close();
        } else if (block instanceof Code code) {
            out.open("pre").leaf("code", String.join("\n", code.lines())).close();
        } else if (block instanceof Table table) {
            write(table);
        } else if (block instanceof Figure figure) {
            out.open("figure");
            out.open("figcaption").leaf("strong", figure.plot().title());
            out.text(" " + figure.plot().caption()).close();
            figure.plot().draw(out);
            out.close();
        }
    }

    private void write(Table table) {
        boolean tall = table.rows().size() > TALL;
        if (tall) {
            // whoever has no pointer scrolls with the keyboard, which needs the focus there
            out.open("div", "class", "scroll tall", "tabindex", "0", "role", "region", "aria-label", "table");
        } else {
            out.open("div", "class", "scroll");
        }
        out.open("table", "class", table.numeric() ? "numeric" : "words");
        out.open("thead").open("tr");
        table.head().forEach(cell -> out.leaf("th", cell, "scope", "col"));
        out.close().close().open("tbody").newLine();
        for (List<Text> row : table.rows()) {
            out.open("tr");
            for (int i = 0; i < row.size(); i++) {
                if (i == 0) {
                    out.open("th", "scope", "row");
                } else {
                    out.open("td");
                }
                write(row.get(i));
                out.close();
            }
            out.close().newLine();
        }
        out.close().close().close();
    }

    private void write(Text text) {
        if (text.tone() == Tone.PLAIN) {
            out.text(text.text());
        } else {
            out.leaf("span", text.text(), "class", text.tone().name().toLowerCase(Locale.ROOT));
        }
        if (!text.small().isEmpty()) {
            out.text(" ").leaf("small", text.small());
        }
    }

    /** The style sheet must do without the characters that XML escapes and HTML does not. */
    private static String css() {
        StringBuilder light = new StringBuilder(":root{");
        StringBuilder dark = new StringBuilder("@media(prefers-color-scheme:dark){:root{");
        StringBuilder classes = new StringBuilder();
        for (ProviderStyle style : ProviderStyle.values()) {
            light.append("--")
                    .append(style.cssClass())
                    .append(':')
                    .append(style.light())
                    .append(';');
            dark.append("--")
                    .append(style.cssClass())
                    .append(':')
                    .append(style.dark())
                    .append(';');
            classes.append('.')
                    .append(style.cssClass())
                    .append("{--c:var(--")
                    .append(style.cssClass())
                    .append(")}\n");
        }
        classes.append('.')
                .append(ProviderStyle.FAULT_CLASS)
                .append("{--c:")
                .append(ProviderStyle.FAULT_COLOUR)
                .append("}\n");
        return "\n" + light.append("}\n") + dark.append("}}\n") + classes + resource("page.css");
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(HtmlWriter.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
