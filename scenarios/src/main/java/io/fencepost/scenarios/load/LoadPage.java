package io.fencepost.scenarios.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** {@code load.html}: latency over rate, a curve for each provider, level by level. One file that needs nothing from anywhere else. */
final class LoadPage {
    private static final int WIDTH = 440;
    private static final int HEIGHT = 300;
    private static final int LEFT = 52;
    private static final int RIGHT = 14;
    private static final int TOP = 30;
    private static final int BOTTOM = 44;

    private final StringBuilder out = new StringBuilder();
    private final LoadOptions options;
    private final List<StepResult> steps;

    private LoadPage(LoadOptions options, List<StepResult> steps) {
        this.options = options;
        this.steps = steps;
    }

    /** Writes the page anew. */
    static void write(Path file, LoadOptions options, List<StepResult> steps) throws IOException {
        Files.writeString(file, new LoadPage(options, steps).page(), UTF_8);
    }

    private String page() throws IOException {
        out.append("<!DOCTYPE html>\n<html lang=\"en\"><head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>Fencepost: latency under load</title>\n<style>\n")
                .append(style())
                .append("</style>\n</head><body><main>\n<h1>Latency under load</h1>\n");
        out.append("<p>Operations (acquire, hold for ")
                .append(options.hold().toNanos() / 1_000)
                .append(" µs, release) begin when they are planned, ")
                .append(text(options.arrivals().id()))
                .append(
                        " arrivals, whatever becomes of those before them. Latency counts from the planned start to the grant,")
                .append(" so that waiting for a free thread is in it. ")
                .append(options.workers())
                .append(" processes with one client and ")
                .append(options.threads())
                .append(" threads each; a call waits ")
                .append(options.patience().toMillis())
                .append(" ms at most. Only what was granted has a latency: the rest is counted as failed. Seed ")
                .append(options.seed())
                .append(".</p>\n");
        for (Contention level : options.levels()) {
            List<StepResult> ofLevel =
                    steps.stream().filter(step -> step.contention() == level).toList();
            if (!ofLevel.isEmpty()) {
                section(level, ofLevel);
            }
        }
        return out.append("</main></body></html>\n").toString();
    }

    private void section(Contention level, List<StepResult> ofLevel) {
        out.append("<h2>")
                .append(text(level.id()))
                .append(" contention: ")
                .append(level.locks())
                .append(level.locks() == 1 ? " lock" : " locks")
                .append("</h2>\n<figure>\n<div class=\"legend\">");
        for (Subject subject : options.subjects()) {
            out.append("<span class=\"")
                    .append(subject.id())
                    .append("\"><svg viewBox=\"0 0 34 12\" width=\"34\" height=\"12\" aria-hidden=\"true\">")
                    .append(
                            "<path class=\"curve\" d=\"M0 6H34\"/><circle class=\"dot\" cx=\"17\" cy=\"6\" r=\"4\"/></svg> ")
                    .append(text(subject.id()))
                    .append("</span>");
        }
        out.append("<span class=\"muted\">hollow: saturated</span></div>\n<div class=\"panels\">\n");
        LogAxis rates = LogAxis.around(values(ofLevel, StepResult::plannedRate));
        List<Double> latencies = new ArrayList<>(values(ofLevel, StepResult::p50));
        latencies.addAll(values(ofLevel, StepResult::p99));
        LogAxis millis = LogAxis.around(latencies);
        panel("p50", level, ofLevel, rates, millis, StepResult::p50);
        panel("p99", level, ofLevel, rates, millis, StepResult::p99);
        out.append("</div>\n</figure>\n");
        table(ofLevel);
    }

    private static List<Double> values(List<StepResult> some, ToDoubleFunction<StepResult> value) {
        return some.stream()
                .filter(step -> step.granted() > 0)
                .map(value::applyAsDouble)
                .toList();
    }

    private void panel(
            String name,
            Contention level,
            List<StepResult> ofLevel,
            LogAxis rates,
            LogAxis millis,
            ToDoubleFunction<StepResult> value) {
        out.append(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s of the latency over the planned rate, %s contention\">\n"
                        .formatted(WIDTH, HEIGHT, name, level.id()));
        label(LEFT, 16, "title", name + ", ms");
        for (double tick : rates.ticks()) {
            double x = x(rates, tick);
            line(x, TOP, x, HEIGHT - BOTTOM, rates.isLabelled(tick));
            if (rates.isLabelled(tick)) {
                label(x, HEIGHT - BOTTOM + 16, "tick middle", number(tick));
            }
        }
        for (double tick : millis.ticks()) {
            double y = y(millis, tick);
            line(LEFT, y, WIDTH - RIGHT, y, millis.isLabelled(tick));
            if (millis.isLabelled(tick)) {
                label(LEFT - 6, y + 4, "tick end", number(tick));
            }
        }
        label((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "tick middle", "planned operations a second");
        for (Subject subject : options.subjects()) {
            curve(
                    subject,
                    ofLevel.stream()
                            .filter(step -> step.provider().equals(subject.id()) && step.granted() > 0)
                            .sorted((a, b) -> Double.compare(a.plannedRate(), b.plannedRate()))
                            .toList(),
                    rates,
                    millis,
                    value);
        }
        out.append("</svg>\n");
    }

    private void curve(
            Subject subject,
            List<StepResult> points,
            LogAxis rates,
            LogAxis millis,
            ToDoubleFunction<StepResult> value) {
        if (points.isEmpty()) {
            return;
        }
        out.append("<g class=\"").append(subject.id()).append("\"><path class=\"curve\" d=\"");
        String pen = "M";
        for (StepResult point : points) {
            out.append(pen)
                    .append(at(x(rates, point.plannedRate())))
                    .append(' ')
                    .append(at(y(millis, value.applyAsDouble(point))));
            pen = "L";
        }
        out.append("\"/>\n");
        for (StepResult point : points) {
            out.append("<circle class=\"dot%s\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>\n"
                    .formatted(
                            point.isSaturated() ? " hollow" : "",
                            at(x(rates, point.plannedRate())),
                            at(y(millis, value.applyAsDouble(point))),
                            text("%s, %s/s: %s ms%s"
                                    .formatted(
                                            subject.id(),
                                            number(point.plannedRate()),
                                            number(value.applyAsDouble(point)),
                                            point.isSaturated() ? "; " + point.saturated() : ""))));
        }
        out.append("</g>\n");
    }

    private void table(List<StepResult> ofLevel) {
        out.append("<details><summary>Numbers</summary><div class=\"scroll\"><table><thead><tr>");
        for (String head : List.of(
                "provider",
                "planned/s",
                "achieved/s",
                "p50 ms",
                "p95 ms",
                "p99 ms",
                "p99.9 ms",
                "max ms",
                "service p50",
                "service p99",
                "late",
                "failed",
                "saturated")) {
            out.append("<th scope=\"col\">").append(head).append("</th>");
        }
        out.append("</tr></thead><tbody>\n");
        for (StepResult step : ofLevel) {
            out.append("<tr><th scope=\"row\">").append(text(step.provider())).append("</th>");
            for (double value : new double[] {
                step.plannedRate(),
                step.achievedRate(),
                step.p50(),
                step.p95(),
                step.p99(),
                step.p999(),
                step.max(),
                step.serviceP50(),
                step.serviceP99(),
                step.lateStarts(),
                step.failed()
            }) {
                out.append("<td>").append(number(value)).append("</td>");
            }
            out.append("<td class=\"words\">").append(text(step.saturated())).append("</td></tr>\n");
        }
        out.append("</tbody></table></div></details>\n");
    }

    private void line(double x1, double y1, double x2, double y2, boolean major) {
        out.append("<path class=\"grid%s\" d=\"M%s %sL%s %s\"/>\n"
                .formatted(major ? "" : " minor", at(x1), at(y1), at(x2), at(y2)));
    }

    private void label(double x, double y, String kind, String words) {
        out.append("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n".formatted(kind, at(x), at(y), text(words)));
    }

    private static double x(LogAxis rates, double value) {
        return LEFT + rates.position(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(LogAxis millis, double value) {
        return HEIGHT - BOTTOM - millis.position(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String at(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }

    private static String number(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
        return (rounded.signum() == 0 ? BigDecimal.ZERO : rounded).toPlainString();
    }

    private static String text(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String style() throws IOException {
        try (InputStream in = Objects.requireNonNull(LoadPage.class.getResourceAsStream("load.css"), "load.css")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
