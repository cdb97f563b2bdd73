package io.fencepost.scheduler.api;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is answered at a path.
 *
 * @param method of HTTP; GET answers HEAD too
 * @param template a path whose segments in braces stand for any
 * @param open whether it needs no token
 */
record Route(String method, String template, boolean open, Action action) {
    /** What a route does. */
    interface Action {
        /**
         * @throws Problem what the client is told
         * @throws IOException if the client is gone
         */
        Reply answer(Call call) throws IOException;
    }

    static Route data(String method, String template, Action action) {
        return new Route(method, template, false, action);
    }

    static Route open(String template, Action action) {
        return new Route("GET", template, true, action);
    }

    /** The segments of the path that the template leaves open, by name; empty if it is another path. */
    Optional<Map<String, String>> match(String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                values.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
            } else if (!wanted[i].equals(given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }
}
