package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.BackendConfig.Address;

/** Two addresses lead to one server, whose voice would count twice. */
final class SameServerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SameServerException(Address one, Address other) {
        super(one + " and " + other + " lead to the same server; each node must be a server of its own");
    }
}
