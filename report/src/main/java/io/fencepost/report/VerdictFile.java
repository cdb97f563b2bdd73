package io.fencepost.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/** The {@code verdict.json} of a run of chaos: what the checkers said of its history. */
final class VerdictFile {
    static final String NAME = "verdict.json";

    /** A server's log line may be longer than a page. */
    private static final int LONGEST = 200;

    private VerdictFile() {}

    /**
     * The first finding of each checker that does not call the run valid, and each expectation that was not met.
     *
     * @param run its folder
     * @param shown how that folder is called in messages
     * @return empty if there is no such file, or nothing in it against the run
     */
    static Optional<String> reason(Path run, String shown) throws IOException {
        Path file = run.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode verdict = JsonFile.read(file, shown + "/" + NAME);
        StringJoiner reasons = new StringJoiner("; ");
        for (JsonNode check : verdict.path("checks")) {
            if (isAgainst(check)) {
                reasons.add(check.path("id").asText() + " "
                        + check.path("title").asText() + ": " + finding(check, excused(verdict)));
            }
        }
        for (JsonNode expected : verdict.path("expectations")) {
            if (isAgainst(expected)) {
                String note = expected.path("note").asText();
                reasons.add(expected.path("name").asText() + ": " + note + " (seen "
                        + expected.path("seen").asText() + ")");
            }
        }
        return reasons.length() == 0 ? Optional.empty() : Optional.of(reasons.toString());
    }

    private static boolean isAgainst(JsonNode part) {
        return !part.path("verdict").asText("valid").equals("valid");
    }

    /** The kinds of findings that the scenario expects or allows. */
    private static Set<String> excused(JsonNode verdict) {
        Set<String> kinds = new HashSet<>();
        for (JsonNode expected : verdict.path("expectations")) {
            if (!expected.path("expected").asText("forbidden").equals("forbidden")) {
                kinds.add(expected.path("name").asText());
            }
        }
        return kinds;
    }

    /** The first that made the checker's verdict. */
    private static String finding(JsonNode check, Set<String> excused) {
        String wanted = check.path("verdict").asText();
        String first = "no finding";
        for (JsonNode finding : check.path("findings")) {
            if (finding.path("result").asText().equals(wanted)
                    && !excused.contains(finding.path("kind").asText())) {
                first = finding.path("message").asText();
                break;
            }
        }
        int more = check.path("found").asInt() - 1;
        return shortened(first) + (more > 0 ? " (and " + more + " more)" : "");
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST).stripTrailing() + " …";
    }
}
