@NullMarked
package io.fencepost.scheduler.share;

import org.jspecify.annotations.NullMarked;
