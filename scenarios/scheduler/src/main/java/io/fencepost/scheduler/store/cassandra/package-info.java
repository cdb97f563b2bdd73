/** The store over Cassandra. */
@NullMarked
package io.fencepost.scheduler.store.cassandra;

import org.jspecify.annotations.NullMarked;
