package io.fencepost.scheduler.store;

import io.fencepost.scheduler.job.JobEvent;
import java.time.Instant;
import java.util.Optional;

/** How a try ended, and what follows for the job. Worked out by the worker; a store only writes it down. */
public sealed interface Ending {
    /** What it is called in the history. */
    JobEvent.Kind kind();

    /** Why, in words; may be empty. */
    String detail();

    /**
     * Done.
     *
     * @param again when a recurring job is due next; the run is then one more and the attempts are 0. Empty: never
     */
    record Succeeded(Optional<Instant> again, String detail) implements Ending {
        @Override
        public JobEvent.Kind kind() {
            return JobEvent.Kind.SUCCEEDED;
        }
    }

    /**
     * Failed; the same run is tried again.
     *
     * @param next not before this instant
     */
    record Failed(Instant next, String detail) implements Ending {
        @Override
        public JobEvent.Kind kind() {
            return JobEvent.Kind.FAILED;
        }
    }

    /**
     * Failed for good. A recurring job is scheduled for its next time all the same; only one that is not ends here, as {@link io.fencepost.scheduler.job.JobState#DEAD}.
     *
     * @param again when a recurring job is due next. Empty: never
     */
    record Died(Optional<Instant> again, String detail) implements Ending {
        @Override
        public JobEvent.Kind kind() {
            return JobEvent.Kind.DIED;
        }
    }

    /** Given back unfinished; the try does not count, and the job may be begun at once. */
    record GivenBack(String detail) implements Ending {
        @Override
        public JobEvent.Kind kind() {
            return JobEvent.Kind.GIVEN_BACK;
        }
    }

    /**
     * Missed times were left out, without a run.
     *
     * @param again when it is due next. Empty: never, and the job has {@link io.fencepost.scheduler.job.JobState#SUCCEEDED}
     */
    record Skipped(Optional<Instant> again, String detail) implements Ending {
        @Override
        public JobEvent.Kind kind() {
            return JobEvent.Kind.SKIPPED;
        }
    }
}
