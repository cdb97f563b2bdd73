package io.fencepost.history.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The style sheet and the script of the pages, and what lets a browser run these and nothing else. */
final class Resources {
    private static final List<String> SCRIPTS =
            List.of("model.js", "text.js", "view.js", "plot.js", "timeline.js", "charts.js", "table.js", "start.js");

    private Resources() {}

    static String style() {
        return "\n" + read("page.css");
    }

    /** One function, so that nothing of it is visible to other scripts. */
    static String script() {
        StringBuilder script = new StringBuilder("\n(() => {\n'use strict';\n");
        SCRIPTS.forEach(name -> script.append(read(name)).append('\n'));
        return script.append("})();\n").toString();
    }

    /** A content security policy under which the page loads nothing, and runs only this script and this style sheet. */
    static String policy(String style, String script) {
        String scripts = script.isEmpty() ? "'none'" : hash(script);
        return "default-src 'none'; script-src " + scripts + "; style-src " + hash(style)
                + "; base-uri 'none'; form-action 'none'";
    }

    private static String hash(String content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has it", e);
        }
    }

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(Resources.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
