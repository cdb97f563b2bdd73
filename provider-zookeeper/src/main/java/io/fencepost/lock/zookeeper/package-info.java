/** The provider {@code zookeeper:}: locks as ephemeral znodes of a ZooKeeper ensemble, with transaction ids as fencing tokens. */
@NullMarked
package io.fencepost.lock.zookeeper;

import org.jspecify.annotations.NullMarked;
