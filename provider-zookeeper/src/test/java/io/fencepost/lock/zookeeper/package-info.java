/** Tests of the provider {@code zookeeper:}. */
@NullMarked
package io.fencepost.lock.zookeeper;

import org.jspecify.annotations.NullMarked;
