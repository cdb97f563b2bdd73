package io.fencepost.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** How numbers are written: three significant digits, never an exponent; counts exactly. */
final class Numbers {
    private static final int DIGITS = 3;

    private Numbers() {}

    static String format(double value, Unit unit) {
        return unit.isCount() && value == Math.rint(value)
                ? BigDecimal.valueOf(value)
                        .setScale(0, RoundingMode.UNNECESSARY)
                        .toPlainString()
                : format(value);
    }

    static String format(double value) {
        return rounded(value, DIGITS);
    }

    /** Takes as many digits as the value needs not to read like the limit when it is another number. */
    static String formatBeside(double value, double limit) {
        int digits = DIGITS;
        while (value != limit && digits < 15 && Double.parseDouble(rounded(value, digits)) == limit) {
            digits++;
        }
        return rounded(value, digits);
    }

    private static String rounded(double value, int digits) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(digits, RoundingMode.HALF_UP));
        int exponent = rounded.precision() - rounded.scale() - 1;
        return rounded.setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_UP)
                .toPlainString();
    }
}
