package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.LockBackend;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.opentest4j.TestAbortedException;

/** A backend that is not on every machine, such as one in containers. */
class AbsentBackendTest {
    @Test
    void aFixtureThatAbortsLeavesAllRulesNotRunForItsReason(@TempDir Path out) throws Exception {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .configurationParameter(ConformanceReport.OUT_PARAMETER, out.toString())
                .selectors(selectClass(Absent.class))
                .execute();

        Conformance conformance = Conformance.read(out.resolve("absent").resolve(Conformance.FILE));
        assertThat(conformance.with(RuleResult.Verdict.NOT_RUN))
                .hasSize(RuleCatalogue.all().size())
                .allSatisfy(result -> assertThat(result.reason()).isEqualTo("no engine today"));
        assertThat(results.containerEvents().failed().count()).isZero();
        assertThat(results.containerEvents().aborted().count()).isEqualTo(1);
    }

    static class Absent extends LockProviderTck {
        @Override
        protected ProviderFixture fixture() {
            return new ProviderFixture() {
                @Override
                public String name() {
                    return "absent";
                }

                @Override
                public LockClients.Builder client() {
                    throw new TestAbortedException("no engine today");
                }

                @Override
                public LockBackend backend(String holder) {
                    throw new TestAbortedException("no engine today");
                }

                @Override
                public Duration shortTtl() {
                    return Duration.ofSeconds(1);
                }
            };
        }
    }
}
