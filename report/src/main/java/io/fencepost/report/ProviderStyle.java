package io.fencepost.report;

import java.util.Locale;

/**
 * Colour, marker and dash of a provider, the same in every plot, so that no reader depends on colour alone. The colours are those of
 * M. Okabe and K. Ito, Color Universal Design, 2008; vermillion is kept for faults.
 */
enum ProviderStyle {
    CASSANDRA("#0072B2", "#56B4E9", "", "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z"),
    REDLOCK("#CC79A7", "#CC79A7", "8 4", "M-4.5 -4.5H4.5V4.5H-4.5Z"),
    ZOOKEEPER("#009E73", "#009E73", "2 3", "M0 -5.8L5.4 4H-5.4Z"),
    MEMORY("#E69F00", "#E69F00", "10 3 2 3", "M0 -6L6 0L0 6L-6 0Z"),
    OTHER("#000000", "#FFFFFF", "5 2 1 2 1 2", "M-6 -2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z");

    static final String FAULT_COLOUR = "#D55E00";
    static final String FAULT_CLASS = "fault";

    private final String light;
    private final String dark;
    private final String dash;
    private final String marker;

    ProviderStyle(String light, String dark, String dash, String marker) {
        this.light = light;
        this.dark = dark;
        this.dash = dash;
        this.marker = marker;
    }

    static ProviderStyle of(String provider) {
        for (ProviderStyle style : values()) {
            if (style.cssClass().equals(provider)) {
                return style;
            }
        }
        return OTHER;
    }

    String cssClass() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** An SVG path around the origin. */
    String marker() {
        return marker;
    }

    /** An SVG dash pattern; empty for a solid line. */
    String dash() {
        return dash;
    }

    String light() {
        return light;
    }

    String dark() {
        return dark;
    }
}
