package io.fencepost.tck;

import java.util.List;
import java.util.Objects;

/**
 * A URI that a provider must refuse (rule 8.1).
 *
 * @param uri complete, with options
 * @param named what the message must name: the offending value, and what is allowed instead
 */
public record MalformedUri(String uri, List<String> named) {
    public MalformedUri {
        Objects.requireNonNull(uri, "uri");
        named = List.copyOf(named);
    }

    /** A URI whose refusal names all of {@code named}. */
    public static MalformedUri of(String uri, String... named) {
        return new MalformedUri(uri, List.of(named));
    }
}
