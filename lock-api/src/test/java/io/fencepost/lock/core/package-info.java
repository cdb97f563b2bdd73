@NullMarked
package io.fencepost.lock.core;

import org.jspecify.annotations.NullMarked;
