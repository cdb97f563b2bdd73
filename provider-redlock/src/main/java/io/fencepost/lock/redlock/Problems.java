package io.fencepost.lock.redlock;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** Faults of nodes in words for an operator. */
final class Problems {
    private Problems() {}

    /** The fault inside the wrappings of futures and of Lettuce. */
    static Throwable root(Throwable fault) {
        Throwable cause = fault.getCause();
        boolean wrapped = fault instanceof CompletionException
                || fault instanceof ExecutionException
                || fault instanceof RedisConnectionException;
        return wrapped && cause != null ? root(cause) : fault;
    }

    static String text(Throwable fault) {
        String message = fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
        if (fault instanceof RedisCommandExecutionException
                && (message.startsWith("WRONGPASS")
                        || message.startsWith("NOAUTH")
                        || message.startsWith("ERR AUTH"))) {
            return "it refused the user or the password (" + message
                    + "); check user:password@ in the URI, or the options user and password";
        }
        return message;
    }

    /** The nodes out of service, each with its reason, as the end of a sentence; empty if all are in service. */
    static String ofThoseOutOfService(List<? extends ScriptTarget> nodes) {
        String each = nodes.stream()
                .filter(node -> !node.inService())
                .map(node -> node.address() + " (" + text(node.problem()) + ")")
                .collect(Collectors.joining(", "));
        return each.isEmpty() ? "" : "; out of service: " + each;
    }
}
