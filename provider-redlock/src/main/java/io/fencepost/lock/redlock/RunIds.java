package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.BackendConfig.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which server is behind which address, so that one server is not counted twice. Thread-safe. */
final class RunIds {
    private final Map<Address, String> byAddress = new HashMap<>();

    /** @return the other address that leads to the same server, if there is one; the claim then fails */
    synchronized Optional<Address> claim(String runId, Address address) {
        for (Map.Entry<Address, String> entry : byAddress.entrySet()) {
            if (entry.getValue().equals(runId) && !entry.getKey().equals(address)) {
                return Optional.of(entry.getKey());
            }
        }
        byAddress.put(address, runId);
        return Optional.empty();
    }
}
