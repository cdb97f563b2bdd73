package io.fencepost.history;

/** Names of the fields that checkers know, beside the common ones. */
public final class Field {
    /** Name of a lock. */
    public static final String LOCK = "lock";
    /** The ttl that was asked for, in milliseconds. */
    public static final String TTL_MS = "ttl_ms";
    /** For how long the worker was ready to wait, in milliseconds. */
    public static final String WAIT_MS = "wait_ms";
    /** Fencing token. */
    public static final String TOKEN = "token";
    /** When the attempt that succeeded was invoked, or a lower bound of when a renewal was sent. */
    public static final String ATTEMPT = "attempt";
    /** End of validity, as its holder knows it. */
    public static final String VALID_UNTIL = "valid_until";
    /** The id of the acquire that made the grant, in the process that holds it. */
    public static final String GRANT = "grant";
    /** Why a lease is lost. */
    public static final String CAUSE = "cause";
    /** The class of an error: one of {@link Errors}, or anything else for what is unclassified. */
    public static final String ERROR = "error";
    /** What a release came to: {@code released} or {@code not_held}. */
    public static final String OUTCOME = "outcome";
    /** Value of the fenced copy: what was read, or what it is after a write. */
    public static final String VALUE = "value";
    /** The value of the fenced copy that the writer had read. */
    public static final String BASE = "base";
    /** The process for which the store acts. */
    public static final String BY = "by";
    /** What the fence said: {@code accepted} or {@code refused}. */
    public static final String FENCED = "fenced";
    /** The value of the unfenced twin that the writer had read. */
    public static final String TWIN_BASE = "twin_base";
    /** Value of the unfenced twin: what was read, or what it is after a write. */
    public static final String TWIN_VALUE = "twin_value";
    /** How many updates of other holders this write overwrote in the unfenced twin. */
    public static final String TWIN_LOST = "twin_lost";
    /** What a fault or a kill is aimed at. */
    public static final String TARGET = "target";
    /** What a fault does, in words. */
    public static final String DETAIL = "detail";
    /** What proves that a fault, or its end, took effect. */
    public static final String PROOF = "proof";
    /** Of the end of a fault's beginning: since when the fault was in force, if it was proved later; on the clock of the history. */
    public static final String SINCE = "since";
    /** The id of the fault that is healed. */
    public static final String OF = "of";
    /** Name of a phase: {@code warm-up}, {@code fault}, {@code recover}, {@code final} or {@code end}. */
    public static final String NAME = "name";
    /** The process in which an exception occurred. */
    public static final String IN = "in";
    /** A line of a log. */
    public static final String LINE = "line";

    private Field() {}
}
