package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1,1.00",
        "1.5,1.50",
        "9.996,10.0",
        "99.96,100",
        "1234.5,1230",
        "123456789,123000000",
        "0.00123456,0.00123",
        "0.9996,1.00",
        "1e-7,0.000000100"
    })
    void threeSignificantDigitsWithoutExponent(double value, String text) {
        assertThat(Numbers.format(value)).isEqualTo(text);
    }

    @Test
    void countsAreWrittenExactly() {
        assertThat(Numbers.format(123456, Unit.COUNT)).isEqualTo("123456");
        assertThat(Numbers.format(123456, Unit.MILLISECONDS)).isEqualTo("123000");
    }

    @ParameterizedTest
    @CsvSource({"1.302,1.302", "1.3004,1.3004", "1.2999,1.2999", "1.3,1.30", "1.34,1.34", "1.31,1.31"})
    void aValueBesideALimitNeverReadsLikeIt(double value, String text) {
        assertThat(Numbers.formatBeside(value, 1.3)).isEqualTo(text);
    }
}
