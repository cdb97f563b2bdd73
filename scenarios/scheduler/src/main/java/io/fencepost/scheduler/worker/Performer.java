package io.fencepost.scheduler.worker;

/** Does one kind of work. Thread-safe. */
@FunctionalInterface
interface Performer {
    /**
     * Does the work of one try on the calling thread, and stops it soon when that is interrupted.
     *
     * @return what is worth keeping in the history; may be empty
     * @throws WorkFailedException if it failed in a way that its message tells
     * @throws WorkRefusedException if it is not to be tried again
     * @throws Exception if it failed otherwise
     */
    String perform(JobContext context) throws Exception;
}
