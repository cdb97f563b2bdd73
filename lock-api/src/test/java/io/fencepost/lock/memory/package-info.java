@NullMarked
package io.fencepost.lock.memory;

import org.jspecify.annotations.NullMarked;
