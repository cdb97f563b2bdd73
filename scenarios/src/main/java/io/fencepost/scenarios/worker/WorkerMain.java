package io.fencepost.scenarios.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;

/**
 * The main class of a worker process: {@code WorkerMain <uri>}. Ends when its stdin ends, so that no worker outlives its run. Prints events on stdout and nothing
 * else; all logging goes to stderr.
 */
public final class WorkerMain {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private WorkerMain() {}

    /** @param args the URI of the backend */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("a worker is started by 'fencepost compare', with the URI of a backend");
            System.exit(2);
        }
        System.exit(run(args[0]));
    }

    /**
     * Works until stdin ends.
     *
     * @return the exit code: zero, or one after an error that was printed on stderr
     */
    public static int run(String uri) {
        OutputStream events = System.out;
        // whatever else prints must not come between the events
        System.setOut(new PrintStream(System.err, true));
        try {
            new Worker(uri, new ThenHalt(System.in), events).run();
            return 0;
        } catch (IOException | RuntimeException e) {
            e.printStackTrace();
            return 1;
        }
    }

    /** Passes a stream through; once it has ended, the process ends after {@link #CLOSE_LIMIT} even if closing hangs. */
    private static final class ThenHalt extends java.io.FilterInputStream {
        ThenHalt(java.io.InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count < 0) {
                Thread guard = new Thread(ThenHalt::haltLater, "worker-halt");
                guard.setDaemon(true);
                guard.start();
            }
            return count;
        }

        private static void haltLater() {
            try {
                Thread.sleep(CLOSE_LIMIT.toMillis());
            } catch (InterruptedException e) {
                return;
            }
            Runtime.getRuntime().halt(1);
        }
    }
}
