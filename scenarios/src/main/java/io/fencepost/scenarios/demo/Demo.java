package io.fencepost.scenarios.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** One demonstration from the first server to the last process that is ended. For use once. */
public final class Demo {
    private final DemoOptions options;
    private final PrintStream out;
    private final boolean terminal;

    /** @param terminal whether {@code out} understands escapes */
    public Demo(DemoOptions options, PrintStream out, boolean terminal) {
        this.options = options;
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Tells the story, and ends and removes everything, also when this JVM is ended meanwhile.
     *
     * @return whether every step was seen
     */
    public boolean run() throws IOException, InterruptedException {
        Narrator narrator = new Narrator(out, terminal);
        narrator.title("What a job scheduler does when its workers die or stand still: locks by "
                + options.provider().id() + ", a fencing token with every write.");
        AtomicBoolean over = new AtomicBoolean();
        try (Stage stage = new Stage(options)) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                if (!over.get()) {
                                    narrator.silence();
                                    stage.end();
                                    narrator.last("Interrupted: all processes are ended, and their files deleted.");
                                }
                            },
                            "demo-end"));
            Story story = new Story(options, stage, narrator);
            List<String> notSeen = story.tell();
            narrator.title("");
            if (!notSeen.isEmpty()) {
                narrator.title("Not seen: " + String.join("; ", notSeen) + ".");
            } else {
                narrator.title("Every step was seen, in " + Narrator.seconds(narrator.elapsed()) + ".");
                if (options.keep()) {
                    narrator.say("Workers, API and page go on until Ctrl-C: "
                            + story.url().orElse(""));
                    new CountDownLatch(1).await();
                }
            }
            return notSeen.isEmpty();
        } finally {
            over.set(true);
        }
    }
}
