/** The embedded store: a file of SQLite. */
@NullMarked
package io.fencepost.scheduler.store.jdbc;

import org.jspecify.annotations.NullMarked;
