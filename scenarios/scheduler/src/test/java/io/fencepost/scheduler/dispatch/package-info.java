@NullMarked
package io.fencepost.scheduler.dispatch;

import org.jspecify.annotations.NullMarked;
