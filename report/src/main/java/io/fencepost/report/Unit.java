package io.fencepost.report;

import java.util.Optional;

/** The units of results files. Two units of one dimension convert into each other; nothing else does. */
enum Unit {
    NANOSECONDS("ns", Dimension.TIME, 1e-9),
    MICROSECONDS("us", Dimension.TIME, 1e-6),
    MILLISECONDS("ms", Dimension.TIME, 1e-3),
    SECONDS("s", Dimension.TIME, 1),
    OPERATIONS_PER_SECOND("ops/s", Dimension.RATE, 1),
    LOCKS_PER_SECOND("locks/s", Dimension.RATE, 1),
    RATIO("ratio", Dimension.NUMBER, 1),
    TTL("ttl", Dimension.NUMBER, 1),
    ONE("1", Dimension.NUMBER, 1),
    COUNT("count", Dimension.COUNT, 1);

    private enum Dimension {
        TIME,
        RATE,
        NUMBER,
        COUNT
    }

    private final String symbol;
    private final Dimension dimension;
    private final double inBaseUnits;

    Unit(String symbol, Dimension dimension, double inBaseUnits) {
        this.symbol = symbol;
        this.dimension = dimension;
        this.inBaseUnits = inBaseUnits;
    }

    static Optional<Unit> of(String symbol) {
        for (Unit unit : values()) {
            if (unit.symbol.equals(symbol)) {
                return Optional.of(unit);
            }
        }
        return Optional.empty();
    }

    String symbol() {
        return symbol;
    }

    boolean isCount() {
        return dimension == Dimension.COUNT;
    }

    boolean convertsTo(Unit other) {
        return dimension == other.dimension;
    }

    double convert(double value, Unit to) {
        if (!convertsTo(to)) {
            throw new IllegalArgumentException(symbol + " does not convert to " + to.symbol);
        }
        return this == to ? value : value * (inBaseUnits / to.inBaseUnits);
    }
}
