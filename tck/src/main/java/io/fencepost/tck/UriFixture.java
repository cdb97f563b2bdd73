package io.fencepost.tck;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;

/**
 * A fixture of a provider that is on the class path and found by the scheme of a URI:
 *
 * <pre>{@code
 * class AcmeTckIT extends LockProviderTck {
 *     @Override
 *     protected ProviderFixture fixture() {
 *         String servers = String.join(",", Clusters.acme().addresses());
 *         return new UriFixture("acme", "acme://" + servers + "/tck", Duration.ofSeconds(1)) {
 *             @Override
 *             public Optional<String> uriTo(String address) {
 *                 return Optional.of("acme://" + address + "/tck?connectTimeout=2s");
 *             }
 *
 *             @Override
 *             public Duration connectTimeout() {
 *                 return Duration.ofSeconds(2);
 *             }
 *         };
 *     }
 * }
 * }</pre>
 */
public abstract class UriFixture implements ProviderFixture {
    private final String name;
    private final String uri;
    private final Duration shortTtl;

    /**
     * @param name as {@link #name()}
     * @param uri of the running backend, options included
     * @param shortTtl as {@link #shortTtl()}
     */
    protected UriFixture(String name, String uri, Duration shortTtl) {
        this.name = Objects.requireNonNull(name, "name");
        this.uri = Objects.requireNonNull(uri, "uri");
        this.shortTtl = Objects.requireNonNull(shortTtl, "shortTtl");
    }

    @Override
    public final String name() {
        return name;
    }

    /** The URI of the running backend. */
    public final String uri() {
        return uri;
    }

    /** Options beside those in the URI: the place for a password. Default: none. */
    protected Map<String, String> options() {
        return Map.of();
    }

    @Override
    public LockClients.Builder client() {
        return LockClients.builder(uri).options(options());
    }

    @Override
    public LockBackend backend(String holder) {
        BackendConfig config = BackendConfig.parse(uri, options(), holder, TimeSource.SYSTEM);
        return ServiceLoader.load(LockProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals(config.scheme()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no provider of scheme '" + config.scheme()
                        + "' on the class path: is META-INF/services/" + LockProvider.class.getName() + " there?"))
                .open(config);
    }

    /** {@inheritDoc} Here: with this URI and these options, which reach the backend from any process unless the provider lives in one. */
    @Override
    public Hook<WorkerSpec> workers() {
        return Hook.of(WorkerSpec.of(uri, options()));
    }

    @Override
    public Duration shortTtl() {
        return shortTtl;
    }
}
