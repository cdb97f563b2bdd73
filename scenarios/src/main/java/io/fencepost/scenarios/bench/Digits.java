package io.fencepost.scenarios.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers for people: without an exponent, and never so short that a miss reads like a hit. */
final class Digits {
    private static final int DIGITS = 3;
    private static final int MOST = 15;

    private Digits() {}

    static String of(double value) {
        return of(value, DIGITS);
    }

    /** Takes as many digits as the value needs not to read like the limit when it is another number. */
    static String beside(double limit, double value) {
        int digits = DIGITS;
        while (value != limit && digits < MOST && Double.parseDouble(of(value, digits)) == limit) {
            digits++;
        }
        return of(value, digits);
    }

    private static String of(double value, int digits) {
        BigDecimal exact = BigDecimal.valueOf(value);
        // whole numbers of many digits are not cut
        int kept = Math.max(digits, exact.precision() - exact.scale());
        BigDecimal rounded =
                exact.round(new MathContext(kept, RoundingMode.HALF_UP)).stripTrailingZeros();
        return (rounded.signum() == 0 ? BigDecimal.ZERO : rounded).toPlainString();
    }
}
