package io.fencepost.lock.redlock;

import java.util.List;

/** Takes what one node said to one script, exactly once, on an I/O thread or on the caller's own before the call returns. */
interface NodeReply {
    /** @param reply the script's answer: numbers as {@link Long}, texts as {@link String} */
    void answered(List<Object> reply);

    /**
     * @param mayTakeEffect false if the script was certainly not carried out and never will be; true if it may have been, or may still be
     * @param cause for messages
     */
    void failed(boolean mayTakeEffect, Throwable cause);
}
