package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.addresstranslation.AddressTranslator;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.retry.RetryPolicy;
import com.datastax.oss.driver.api.core.session.ProgrammaticArguments;
import com.datastax.oss.driver.internal.core.context.DefaultDriverContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session without driver retries and with translated addresses, that can be abandoned while it is being built.
 *
 * <p>The context is the driver's hook for all of it: policies named in its configuration would have to be public classes, and cancelling the future of a session
 * under construction leaves its threads running.
 */
final class LockSessionBuilder extends CqlSessionBuilder {
    private final AddressTranslator translator;
    private volatile @Nullable DefaultDriverContext context;

    /** @param translator of the addresses that nodes announce */
    LockSessionBuilder(AddressTranslator translator) {
        this.translator = translator;
    }

    @Override
    protected DriverContext buildContext(DriverConfigLoader loader, ProgrammaticArguments arguments) {
        DefaultDriverContext built = new DefaultDriverContext(loader, arguments) {
            @Override
            protected Map<String, RetryPolicy> buildRetryPolicies() {
                return Map.of(DriverExecutionProfile.DEFAULT_NAME, new RethrowPolicy());
            }

            @Override
            protected AddressTranslator buildAddressTranslator() {
                return translator;
            }
        };
        context = built;
        return built;
    }

    /** Ends the threads and connections of a session that was not ready in time. */
    void abandon() {
        DefaultDriverContext built = context;
        if (built != null) {
            built.getNettyOptions().onClose();
        }
    }
}
