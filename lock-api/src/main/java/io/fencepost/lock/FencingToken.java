package io.fencepost.lock;

/**
 * A number that orders the leases of one lock: a later lease has a greater token.
 *
 * <p>The token is what makes a lock safe to use. No lock service can stop a holder that was paused beyond its lease from
 * sending one more write; a resource that remembers the greatest token it has seen, and refuses smaller ones, can. Tokens of
 * different locks, or of different backends, are not comparable.
 *
 * <p>Guarantee (rule 2.1): if the grant of lease <i>a</i> returned before the attempt that gave lease <i>b</i> was invoked,
 * then {@code a.token().compareTo(b.token()) < 0}. Tokens have gaps.
 *
 * @param value positive
 * @see <a href="https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html">M. Kleppmann, How to do
 *     distributed locking, 2016</a>
 */
public record FencingToken(long value) implements Comparable<FencingToken> {
    /** @throws IllegalArgumentException if {@code value} is not positive */
    public FencingToken {
        if (value <= 0) {
            throw new IllegalArgumentException("a fencing token is positive, not " + value);
        }
    }

    /** Whether a resource that has seen {@code seen} must refuse a write that carries this token. */
    public boolean isStaleAfter(FencingToken seen) {
        return value < seen.value;
    }

    @Override
    public int compareTo(FencingToken other) {
        return Long.compare(value, other.value);
    }

    /** The number alone, as it is written into stores and logs. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
