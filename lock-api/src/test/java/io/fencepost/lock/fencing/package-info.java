@NullMarked
package io.fencepost.lock.fencing;

import org.jspecify.annotations.NullMarked;
