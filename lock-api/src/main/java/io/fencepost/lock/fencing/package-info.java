/**
 * Resources that refuse writes with older fencing tokens: the other half of a lock with tokens.
 *
 * <p>Start at {@link io.fencepost.lock.fencing.FencedResource}. Guards over real stores are beside their drivers: {@code io.fencepost.lock.fencing.jdbc}, and the packages {@code fencing} of
 * the providers. {@link io.fencepost.lock.fencing.FencedStore} is what another store has to implement.
 */
@NullMarked
package io.fencepost.lock.fencing;

import org.jspecify.annotations.NullMarked;
