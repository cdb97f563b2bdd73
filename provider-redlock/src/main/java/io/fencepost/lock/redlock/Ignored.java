package io.fencepost.lock.redlock;

import java.util.List;

/** For calls whose outcome changes nothing. */
enum Ignored implements NodeReply {
    REPLY;

    @Override
    public void answered(List<Object> reply) {}

    @Override
    public void failed(boolean mayTakeEffect, Throwable cause) {}
}
