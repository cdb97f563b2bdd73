package io.fencepost.example.jdbc;

import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.tck.ClientLinks;
import io.fencepost.tck.ProviderFixture;

/** A TCP proxy before the server, whose connections the kit disturbs, and the fixture of the clients that go through it. */
record DatabaseLinks(FaultyLinks proxy, ProviderFixture behind) implements ClientLinks {
    @Override
    public LockClients.Builder client() {
        return behind.client();
    }

    @Override
    public LockBackend backend(String holder) {
        return behind.backend(holder);
    }

    @Override
    public void cut() {
        proxy.cut();
    }

    @Override
    public void freeze() {
        proxy.freeze();
    }

    @Override
    public void holdRequests() {
        proxy.holdRequests();
    }

    @Override
    public void holdAnswers() {
        proxy.holdAnswers();
    }

    @Override
    public void drop() {
        proxy.drop();
    }

    @Override
    public void heal() {
        proxy.heal();
    }

    @Override
    public long held() {
        return proxy.heldBytes();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
