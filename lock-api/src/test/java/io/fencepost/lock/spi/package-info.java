@NullMarked
package io.fencepost.lock.spi;

import org.jspecify.annotations.NullMarked;
