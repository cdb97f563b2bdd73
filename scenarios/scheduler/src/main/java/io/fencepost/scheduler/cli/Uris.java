package io.fencepost.scheduler.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/** What can be said of URIs that may carry passwords. */
final class Uris {
    private static final Pattern USER = Pattern.compile("//[^/?#]*@");

    private Uris() {}

    /** Scheme, servers and path: neither user and password nor options. */
    static String withoutSecrets(String uri) {
        int options = uri.indexOf('?');
        return USER.matcher(options < 0 ? uri : uri.substring(0, options)).replaceFirst("//");
    }

    /** What stands before the first colon; the text itself if there is none. */
    static String scheme(String uri) {
        int colon = uri.indexOf(':');
        return (colon < 0 ? uri : uri.substring(0, colon)).toLowerCase(Locale.ROOT);
    }
}
