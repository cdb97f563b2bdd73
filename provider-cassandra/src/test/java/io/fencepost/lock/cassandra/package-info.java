/** What the Cassandra provider does by itself, and on real servers. */
@NullMarked
package io.fencepost.lock.cassandra;

import org.jspecify.annotations.NullMarked;
