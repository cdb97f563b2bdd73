/** Fenced values in a Cassandra table, by lightweight transactions. */
@NullMarked
package io.fencepost.lock.cassandra.fencing;

import org.jspecify.annotations.NullMarked;
