/** Tests of the embedded store. */
@NullMarked
package io.fencepost.scheduler.store.jdbc;

import org.jspecify.annotations.NullMarked;
