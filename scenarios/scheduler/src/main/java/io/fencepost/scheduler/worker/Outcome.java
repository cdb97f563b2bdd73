package io.fencepost.scheduler.worker;

/** How the work of a try ended. */
sealed interface Outcome {
    /** @param detail what is worth keeping; may be empty */
    record Done(String detail) implements Outcome {}

    /** @param detail why */
    record Failure(String detail) implements Outcome {}

    /** @param detail why neither this try nor another one is made */
    record Refused(String detail) implements Outcome {}

    /** It was told to stop before it ended, whatever it answered then. */
    record Aborted(AbortCause cause) implements Outcome {}
}
