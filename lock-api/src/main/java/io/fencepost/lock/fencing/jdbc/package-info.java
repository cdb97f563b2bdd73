/** Fenced values in a table of any SQL database. Needs the module {@code java.sql}. */
@NullMarked
package io.fencepost.lock.fencing.jdbc;

import org.jspecify.annotations.NullMarked;
