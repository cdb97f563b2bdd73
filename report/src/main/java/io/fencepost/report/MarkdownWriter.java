package io.fencepost.report;

import io.fencepost.report.Block.Bullets;
import io.fencepost.report.Block.Code;
import io.fencepost.report.Block.Figure;
import io.fencepost.report.Block.Heading;
import io.fencepost.report.Block.Paragraph;
import io.fencepost.report.Block.Table;
import io.fencepost.report.Block.Text;
import io.fencepost.report.Block.Tone;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes blocks as Markdown that reads well in a terminal, too: columns are padded, and tables with the same head share their widths,
 * so that one provider's numbers stand below each other through all scenarios.
 */
final class MarkdownWriter {
    private final Map<List<String>, int[]> widths = new HashMap<>();
    private final StringBuilder out = new StringBuilder();

    private MarkdownWriter() {}

    static String write(List<Block> blocks) {
        MarkdownWriter writer = new MarkdownWriter();
        for (Block block : blocks) {
            if (block instanceof Table table) {
                writer.measure(table);
            }
        }
        blocks.forEach(writer::write);
        return writer.out.toString();
    }

    private void measure(Table table) {
        int[] width = widths.computeIfAbsent(
                table.head(),
                head -> head.stream().mapToInt(MarkdownWriter::width).toArray());
        for (List<Text> row : table.rows()) {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.max(width[i], width(inTable(row.get(i))));
            }
        }
    }

    private void write(Block block) {
        if (block instanceof Figure) {
            return;
        }
        if (out.length() > 0) {
            out.append('\n');
        }
        if (block instanceof Heading heading) {
            out.append("#".repeat(heading.level()))
                    .append(' ')
                    .append(escape(heading.text()))
                    .append('\n');
        } else if (block instanceof Paragraph paragraph) {
            out.append(inline(paragraph.text())).append('\n');
        } else if (block instanceof Bullets bullets) {
            bullets.items()
                    .forEach(item -> out.append("- ").append(inline(item)).append('\n'));
        } else if (block instanceof Code code) {
            out.append("```\n");
            code.lines().forEach(line -> out.append(line).append('\n'));
            out.append("```\n");
        } else if (block instanceof Table table) {
            write(table);
        }
    }

    private void write(Table table) {
        int[] width = widths.getOrDefault(table.head(), new int[table.head().size()]);
        List<String> rule = new ArrayList<>();
        for (int i = 0; i < width.length; i++) {
            boolean right = table.numeric() && i > 0;
            rule.add(right ? "-".repeat(width[i] + 1) + ":" : "-".repeat(width[i] + 2));
        }
        writeRow(table.head(), width, table.numeric());
        out.append('|').append(String.join("|", rule)).append("|\n");
        for (List<Text> row : table.rows()) {
            writeRow(row.stream().map(MarkdownWriter::inTable).toList(), width, table.numeric());
        }
    }

    private void writeRow(List<String> cells, int[] width, boolean numeric) {
        for (int i = 0; i < width.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(width[i] - width(cell));
            boolean right = numeric && i > 0;
            out.append("| ").append(right ? padding + cell : cell + padding).append(' ');
        }
        out.append("|\n");
    }

    private static String inTable(Text text) {
        return inline(text).replace("|", "\\|");
    }

    private static String inline(Text text) {
        String main = escape(text.text());
        String toned = text.tone() == Tone.ALARM || text.tone() == Tone.VIOLATION ? "**" + main + "**" : main;
        return text.small().isEmpty() ? toned : toned + " " + escape(text.small());
    }

    /** Keeps words of others from being taken for markup. */
    private static String escape(String text) {
        return text.replaceAll("\\s+", " ").strip().replaceAll("([\\\\`*<])", "\\\\$1");
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
