package io.fencepost.tck.clusters;

import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.tck.ClientLinks;
import io.fencepost.tck.ProviderFixture;
import java.util.function.Consumer;

/** Links that lead through infra's listeners on loopback. */
final class ProxiedLinks implements ClientLinks {
    private final FaultyLinks links;
    private final ProviderFixture behind;
    private final Consumer<FaultyLinks> sessionsEnd;

    /**
     * @param behind opens clients over the links
     * @param sessionsEnd cuts the links until the servers have forgotten their clients
     */
    ProxiedLinks(FaultyLinks links, ProviderFixture behind, Consumer<FaultyLinks> sessionsEnd) {
        this.links = links;
        this.behind = behind;
        this.sessionsEnd = sessionsEnd;
    }

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
        links.cut();
    }

    @Override
    public void freeze() {
        links.freeze();
    }

    @Override
    public void holdRequests() {
        links.holdRequests();
    }

    @Override
    public void holdAnswers() {
        links.holdAnswers();
    }

    @Override
    public void drop() {
        links.drop();
    }

    @Override
    public void heal() {
        links.heal();
    }

    @Override
    public long held() {
        return links.heldBytes();
    }

    @Override
    public void endSessions() {
        sessionsEnd.accept(links);
    }

    @Override
    public void close() {
        links.close();
    }

    @Override
    public String toString() {
        return links.toString();
    }
}
