package io.fencepost.tck;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the kit needs to know of a provider: how to open clients of one running backend, and how long things may take
 * there. Most providers extend {@link UriFixture}, which implements all but a few values.
 *
 * <p>All durations are those of a calm machine; the kit multiplies the ttl and the slack by the system property {@value
 * Timing#FACTOR_PROPERTY}. The kit calls a fixture from one thread. One fixture serves one run of the suite, which
 * closes it.
 */
public interface ProviderFixture extends AutoCloseable {
    /**
     * Names the provider and its configuration in reports and in the output folder, such as {@code redlock-5}: letters,
     * digits, dots and hyphens.
     */
    String name();

    /**
     * Prepares one more client with connections of its own; the kit sets its holder, observer and further options, and
     * opens it. All clients reach the same locks.
     */
    LockClients.Builder client();

    /**
     * Opens one more backend with connections of its own, which reaches the same locks as the clients. Rules use it to
     * look at the server side without the guards that the core puts in front, and to put faults between core and
     * backend.
     *
     * @param holder the id that others see
     */
    LockBackend backend(String holder);

    /**
     * The ttl of the leases that the rules let expire. As short as the provider can handle with ease, and within the
     * range that it declares: the run takes some thirty times this. At least 200 ms, or a busy machine ends leases that
     * should last.
     */
    Duration shortTtl();

    /**
     * By how much a healthy operation, or a wake-up, may be late on a machine that is busy with the servers too. Added
     * to every upper bound, never taken off a lower one. Default: one second.
     */
    default Duration slack() {
        return Duration.ofSeconds(1);
    }

    /**
     * The URI of a client that would connect to this address alone, with the provider's options as needed, for rules
     * 8.1 and 8.4. Nothing listens there, or what listens does not answer.
     *
     * @param address {@code host:port}
     * @return empty if the provider connects to nothing; rule 8.4 is then not run
     */
    default Optional<String> uriTo(String address) {
        return Optional.empty();
    }

    /** How long a client that was opened by {@link #uriTo} tries to connect. Default: five seconds. */
    default Duration connectTimeout() {
        return Duration.ofSeconds(5);
    }

    /** URIs that the provider must refuse before any I/O, beside those that the kit makes itself. Default: none. */
    default List<MalformedUri> malformedUris() {
        return List.of();
    }

    /**
     * Whether a thread of that name may outlive the clients: drivers keep some for the life of the process. Rule 8.2
     * takes every other thread for a leak. Default: none.
     */
    default boolean mayOutliveClients(String threadName) {
        return false;
    }

    /** By when the backend answers every operation, whatever happens to its servers. Default: five seconds. */
    default Duration operationTimeout() {
        return Duration.ofSeconds(5);
    }

    /**
     * The ttl of the leases of rule 4.6, which has 1,000 of them renewed three times in each for
     * five ttls. Short enough for a run, long enough for the backend. Default: fifteen seconds.
     */
    default Duration ttlOfManyLeases() {
        return Duration.ofSeconds(15);
    }

    /** Links of clients that the kit may disturb. Called once for each rule that needs some, which closes them. Default: missing. */
    default Hook<Supplier<ClientLinks>> links() {
        return Hook.notGiven("links");
    }

    /** The servers, to be killed and stopped. Default: missing. */
    default Hook<ServerControl> servers() {
        return Hook.notGiven("servers");
    }

    /** The clocks of the servers, to be moved. Default: missing. */
    default Hook<ClockControl> clocks() {
        return Hook.notGiven("clocks");
    }

    /** How processes of their own join in. Default: missing. */
    default Hook<WorkerSpec> workers() {
        return Hook.notGiven("workers");
    }

    /**
     * A resource that is guarded by tokens, in the provider's own store where it has one: opens one more view of it, with a connection of its own if need be. Called several times for each rule that needs it, which closes them.
     * Default: missing.
     */
    default Hook<Supplier<FencedResource>> fencedResource() {
        return Hook.notGiven("fencedResource");
    }

    /** Ends what the fixture started. Called once, after the last rule. Default: nothing. */
    @Override
    default void close() {}
}
