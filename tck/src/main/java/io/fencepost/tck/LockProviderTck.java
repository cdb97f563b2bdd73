package io.fencepost.tck;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All rules of {@code SPEC.md} that the kit can test, for one provider in one configuration. Extend it, answer {@link
 * #fixture()}, and run the subclass with JUnit; to run one rule, select its method.
 *
 * <p>Each rule ends as PASSED, FAILED, or NOT RUN with a reason, in {@code target/tck/<fixture>/conformance.csv} and in
 * a summary on standard output. The output folder is the JUnit configuration parameter, or system property, {@value
 * ConformanceReport#OUT_PARAMETER}.
 *
 * <p>A provider that a rule cannot apply to overrides its method, annotates it with {@link Rule} and {@code @Disabled}
 * with the reason; the rule is then NOT RUN.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(RuleOrder.class)
@ExtendWith(ConformanceReport.class)
@Timeout(value = 5, unit = MINUTES)
public abstract class LockProviderTck
        implements Chapter1MutualExclusion,
                Chapter2FencingTokens,
                Chapter3Expiry,
                Chapter4Renewal,
                Chapter5Release,
                Chapter6Loss,
                Chapter7Waiting,
                Chapter8LifeCycle,
                Chapter9Uncertainty,
                Chapter10Inspection,
                Chapter11FencedResource {
    private @Nullable ProviderFixture fixture;
    private @Nullable TckContext context;

    /** For subclasses. */
    protected LockProviderTck() {}

    /** What to run on. Called once, before the first rule; may start servers. */
    protected abstract ProviderFixture fixture();

    @Override
    public final TckContext tck() {
        if (context == null) {
            throw new IllegalStateException("no rule is running");
        }
        return context;
    }

    /** For the kit's own tests, which put broken clients in the place of sound ones. */
    LockClient open(LockClients.Builder builder) {
        return builder.open();
    }

    final Optional<ProviderFixture> fixtureIfKnown() {
        return Optional.ofNullable(fixture);
    }

    final Optional<TckContext> contextIfOpen() {
        return Optional.ofNullable(context);
    }

    @BeforeAll
    final void openFixture() {
        ProviderFixture made = fixture();
        fixture = made;
        if (!made.name().matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
            throw new IllegalArgumentException(
                    "the name of a fixture consists of letters, digits, dots and hyphens, unlike '" + made.name()
                            + "'");
        }
        context = new TckContext(made, this::open);
    }

    @AfterEach
    final void endRule() {
        tck().endRule();
    }

    @AfterAll
    final void closeFixture() {
        try {
            contextIfOpen().ifPresent(TckContext::close);
        } finally {
            fixtureIfKnown().ifPresent(ProviderFixture::close);
        }
    }
}
