/** Tests of the store over Cassandra, on real servers. */
@NullMarked
package io.fencepost.scheduler.store.cassandra;

import org.jspecify.annotations.NullMarked;
