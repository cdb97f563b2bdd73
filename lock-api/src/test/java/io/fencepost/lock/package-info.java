@NullMarked
package io.fencepost.lock;

import org.jspecify.annotations.NullMarked;
