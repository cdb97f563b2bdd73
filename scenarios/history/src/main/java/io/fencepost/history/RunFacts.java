package io.fencepost.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What {@code run.json} says of a run: which scenario, what is expected of it, and the facts of its fixture that checkers need. Immutable.
 *
 * <p>A fact that is missing has the default that makes a checker strict or, where nothing can be judged without it, unknown.
 */
public final class RunFacts {
    /** {@link #durability} of a backend that was made to forget. */
    public static final String LOST_ON_PURPOSE = "lost on purpose";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Set<String> ALL_KINDS =
            Set.copyOf(List.of(Op.ACQUIRE, Op.RELEASE, Op.RENEWED, Op.READ, Op.WRITE));

    private final ObjectNode root;

    private RunFacts(ObjectNode root) {
        this.root = root;
        doubleHolder();
        tokenRegression();
        twinLosses();
    }

    /** Reads {@code run.json}. */
    public static RunFacts read(Path file) throws IOException {
        try {
            return parse(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the text of {@code run.json}.
     *
     * @throws IllegalArgumentException if it is not a JSON object, or has an expectation that is none
     */
    public static RunFacts parse(String json) throws IOException {
        if (MAPPER.readTree(json) instanceof ObjectNode root) {
            return new RunFacts(root);
        }
        throw new IllegalArgumentException("not a JSON object");
    }

    /** Begins facts by hand. */
    public static Builder builder() {
        return new Builder();
    }

    /** All of it. */
    public JsonNode json() {
        return root.deepCopy();
    }

    /** Name of the scenario, or an empty text. */
    public String scenario() {
        return root.path("scenario").asText("");
    }

    /** The provider, or an empty text. */
    public String provider() {
        return root.path("provider").asText("");
    }

    /** The seed, or 0. */
    public long seed() {
        return root.path("seed").asLong();
    }

    /** Whether two holders at a time are expected ({@code expectations.double_holder}). Default forbidden. */
    public Expectation doubleHolder() {
        return expectation("double_holder", Expectation.FORBIDDEN);
    }

    /** Whether repeated or smaller tokens are expected ({@code expectations.token_regression}). Default forbidden. */
    public Expectation tokenRegression() {
        return expectation("token_regression", Expectation.FORBIDDEN);
    }

    /** Whether lost updates of the unfenced twin are expected ({@code expectations.twin_losses}). Default allowed. */
    public Expectation twinLosses() {
        return expectation("twin_losses", Expectation.ALLOWED);
    }

    private Expectation expectation(String name, Expectation absent) {
        JsonNode node = root.path("expectations").path(name);
        return node.isMissingNode() || node.isNull() ? absent : Expectation.of(node.asText());
    }

    private JsonNode fact(String name) {
        return root.path("facts").path(name);
    }

    /** {@code facts.drift}: by how much clocks may run at different rates. Default 0. */
    public double drift() {
        return fact("drift").asDouble(0);
    }

    /** {@code facts.drift_margin_ms}: what validity is shorter by besides. Default 0. */
    public double driftMarginMillis() {
        return fact("drift_margin_ms").asDouble(0);
    }

    /** {@code facts.grace_ms}: by how much later than the ttl the backend may end a lease. Default 0. */
    public double graceMillis() {
        return fact("grace_ms").asDouble(0);
    }

    /** {@code facts.takeover_bound_ms}: within what a lock of a dead holder is granted again. */
    public OptionalLong takeoverBoundMillis() {
        JsonNode node = fact("takeover_bound_ms");
        return node.isNumber() ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
    }

    /** {@code facts.durability}: {@code holds}, or {@value #LOST_ON_PURPOSE}. Default holds. */
    public String durability() {
        return fact("durability").asText("holds");
    }

    /** {@code facts.guard}: whether the provider's guard against a forgetful backend is {@code on} or {@code off}. Default on. */
    public String guard() {
        return fact("guard").asText("on");
    }

    /** Whether the run took from the provider what it needs to keep tokens growing. */
    public boolean isAmnesiaOnPurpose() {
        return durability().equals(LOST_ON_PURPOSE) && guard().equals("off");
    }

    /** {@code facts.faults_required}: how many faults must be proved. Default 0. */
    public int faultsRequired() {
        return fact("faults_required").asInt(0);
    }

    /** {@code facts.kinds_required}: the kinds of operations of which each must succeed once. Default acquire, release, renewed, read, write. */
    public Set<String> kindsRequired() {
        return texts("kinds_required", ALL_KINDS);
    }

    /** {@code facts.classified_errors}: errors that count as classified beside {@link Errors#CLASSIFIED}. Default none. */
    public Set<String> classifiedErrors() {
        return texts("classified_errors", Set.of());
    }

    /**
     * {@code facts.exposing_faults}: names of the faults that may make two holders at a time; at any other time those are not excused, whatever is expected. Empty
     * if there is no such fact: then they may come about at any time.
     */
    public Optional<Set<String>> exposingFaults() {
        return fact("exposing_faults") instanceof ArrayNode
                ? Optional.of(texts("exposing_faults", Set.of()))
                : Optional.empty();
    }

    private Set<String> texts(String name, Set<String> absent) {
        if (!(fact(name) instanceof ArrayNode array)) {
            return absent;
        }
        Set<String> texts = new LinkedHashSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return Set.copyOf(texts);
    }

    /** Builds facts; what is not set has the default of the accessor. Not thread-safe. */
    public static final class Builder {
        private final ObjectNode root = MAPPER.createObjectNode();

        private Builder() {}

        /** Sets a field at the top: {@code scenario}, {@code provider}, {@code seed}, {@code parameters}, … */
        public Builder with(String name, Object value) {
            root.set(name, MAPPER.valueToTree(value));
            return this;
        }

        /** Sets one of {@code facts}; a collection becomes an array. */
        public Builder fact(String name, Object value) {
            root.withObjectProperty("facts").set(name, MAPPER.valueToTree(value));
            return this;
        }

        /** {@link RunFacts#kindsRequired}. */
        public Builder kindsRequired(Collection<String> kinds) {
            return fact("kinds_required", kinds);
        }

        /** {@link RunFacts#doubleHolder}. */
        public Builder doubleHolder(Expectation expectation) {
            return expect("double_holder", expectation);
        }

        /** {@link RunFacts#tokenRegression}. */
        public Builder tokenRegression(Expectation expectation) {
            return expect("token_regression", expectation);
        }

        /** {@link RunFacts#twinLosses}. */
        public Builder twinLosses(Expectation expectation) {
            return expect("twin_losses", expectation);
        }

        private Builder expect(String name, Expectation expectation) {
            root.withObjectProperty("expectations").put(name, expectation.json());
            return this;
        }

        /** @throws IllegalArgumentException if an expectation is none */
        public RunFacts build() {
            return new RunFacts(root.deepCopy());
        }
    }
}
