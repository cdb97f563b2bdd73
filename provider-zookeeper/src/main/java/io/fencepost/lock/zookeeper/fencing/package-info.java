/** Fenced values in znodes of a ZooKeeper ensemble. */
@NullMarked
package io.fencepost.lock.zookeeper.fencing;

import org.jspecify.annotations.NullMarked;
