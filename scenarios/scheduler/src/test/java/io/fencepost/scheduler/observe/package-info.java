@NullMarked
package io.fencepost.scheduler.observe;

import org.jspecify.annotations.NullMarked;
