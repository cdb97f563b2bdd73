package io.fencepost.scenarios.chaos.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The scenarios that come with the program, and those in files of others. */
public final class Catalog {
    private static final List<String> FILES = List.of(
            "S0-calm",
            "S1-pause-holder",
            "S2-kill-holder",
            "S3-kill-node",
            "S4-pause-node",
            "S5-partition",
            "S6-slow-network",
            "S7-clock-jump",
            "S8-lost-reply",
            "S9-amnesia",
            "S10-waiter-storm",
            "S11-disk-stall",
            "S12-mix");

    private Catalog() {}

    /** All that come with the program, in order. */
    public static List<Scenario> all(Overrides replaced) throws ScenarioFormatException {
        List<Scenario> all = new ArrayList<>();
        for (String file : FILES) {
            all.add(ScenarioReader.read(file + ".yaml", resource(file + ".yaml"), replaced));
        }
        return all;
    }

    /**
     * One of them, or one in a file.
     *
     * @param wanted its id ({@code S3}), its name ({@code kill-node}), or a path that ends with {@code .yaml}
     */
    public static Scenario find(String wanted, Overrides replaced) throws ScenarioFormatException {
        if (wanted.endsWith(".yaml")) {
            try {
                return ScenarioReader.read(wanted, Files.readString(Path.of(wanted)), replaced);
            } catch (IOException e) {
                throw new ScenarioFormatException("cannot read " + wanted + ": " + e, e);
            }
        }
        String key = wanted.toLowerCase(Locale.ROOT);
        for (String file : FILES) {
            String known = file.toLowerCase(Locale.ROOT);
            int dash = known.indexOf('-');
            if (known.equals(key)
                    || known.substring(0, dash).equals(key)
                    || known.substring(dash + 1).equals(key)) {
                return ScenarioReader.read(file + ".yaml", resource(file + ".yaml"), replaced);
            }
        }
        throw new ScenarioFormatException(
                "'" + wanted + "' is no scenario; there are " + String.join(", ", FILES) + ", or a file *.yaml");
    }

    private static String resource(String file) {
        try (InputStream in = Catalog.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from the class path: the build is incomplete");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
