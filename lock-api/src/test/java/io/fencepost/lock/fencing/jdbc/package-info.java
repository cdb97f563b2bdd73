@NullMarked
package io.fencepost.lock.fencing.jdbc;

import org.jspecify.annotations.NullMarked;
