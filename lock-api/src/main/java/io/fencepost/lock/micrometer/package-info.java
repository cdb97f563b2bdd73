/** Meters of lock clients. Needs {@code io.micrometer:micrometer-core}, which is optional. */
@NullMarked
package io.fencepost.lock.micrometer;

import org.jspecify.annotations.NullMarked;
