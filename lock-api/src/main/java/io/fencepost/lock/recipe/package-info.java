/**
 * What is built of locks, over any provider: {@link io.fencepost.lock.recipe.LeaderElector}, {@link io.fencepost.lock.recipe.MultiLock}, {@link io.fencepost.lock.recipe.LeaseLock}
 * and {@link io.fencepost.lock.recipe.Leases}. They use the public API alone, as an application would.
 */
@NullMarked
package io.fencepost.lock.recipe;

import org.jspecify.annotations.NullMarked;
