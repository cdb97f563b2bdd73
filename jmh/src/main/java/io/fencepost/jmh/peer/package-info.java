/**
 * The peers: other lock libraries as they are used by their own documentation, behind {@link io.fencepost.jmh.contestant.Contestant}. Each with a ttl of
 * {@link io.fencepost.jmh.contestant.Contestant#TTL} where it has one.
 */
@NullMarked
package io.fencepost.jmh.peer;

import org.jspecify.annotations.NullMarked;
