package io.fencepost.scheduler.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handlers that every worker has, for demonstrations and measurements. */
final class BuiltInHandlers {
    private static final Logger log = LoggerFactory.getLogger(BuiltInHandlers.class);

    private BuiltInHandlers() {}

    /** {@code noop}, {@code log}, {@code sleep} (for as many milliseconds as the payload says, a second without) and {@code fail} (with the payload as its message). */
    static List<JobHandler> all() {
        return List.of(
                handler("noop", context -> {}),
                handler(
                        "log",
                        context -> log.info(
                                "job '{}', run {}: {}",
                                context.job().id(),
                                context.job().run(),
                                Details.cut(text(context)))),
                handler("sleep", context -> Thread.sleep(millis(text(context)))),
                handler("fail", context -> {
                    String text = text(context);
                    throw new WorkFailedException(text.isEmpty() ? "failed as it was told" : text);
                }));
    }

    private static String text(JobContext context) {
        return new String(context.payload(), UTF_8).strip();
    }

    private static long millis(String text) throws WorkFailedException {
        if (text.isEmpty()) {
            return 1000;
        }
        if (!text.matches("\\d{1,9}")) {
            throw new WorkFailedException(
                    "the payload of 'sleep' is a number of milliseconds of at most nine digits, not '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private interface Body {
        void run(JobContext context) throws Exception;
    }

    private static JobHandler handler(String name, Body body) {
        return new JobHandler() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void handle(JobContext context) throws Exception {
                body.run(context);
            }
        };
    }
}
