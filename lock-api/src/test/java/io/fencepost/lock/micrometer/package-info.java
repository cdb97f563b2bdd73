@NullMarked
package io.fencepost.lock.micrometer;

import org.jspecify.annotations.NullMarked;
