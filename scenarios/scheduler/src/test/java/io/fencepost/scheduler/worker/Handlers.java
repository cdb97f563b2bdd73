package io.fencepost.scheduler.worker;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Handlers of tests. */
final class Handlers {
    private Handlers() {}

    /** What a handler does. */
    interface Body {
        void run(JobContext context) throws Exception;
    }

    static JobHandler of(String name, Body body) {
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

    /** One that tells that it began, and goes on until it is let go, deaf to interrupts: as a process would that is paused. */
    static final class Deaf {
        final CountDownLatch began = new CountDownLatch(1);
        final CountDownLatch letGo = new CountDownLatch(1);
        final JobHandler handler = of("deaf", context -> {
            began.countDown();
            boolean over = false;
            while (!over) {
                try {
                    over = letGo.await(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    over = false;
                }
            }
        });
    }
}
