package io.fencepost.scenarios.bench;

import java.util.Map;

/**
 * What a run has measured.
 *
 * @param forks of its benchmarks
 * @param takeovers by provider
 */
public record Evidence(Forks forks, Map<String, Takeover> takeovers) {
    public Evidence {
        takeovers = Map.copyOf(takeovers);
    }
}
