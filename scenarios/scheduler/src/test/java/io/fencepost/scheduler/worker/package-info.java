@NullMarked
package io.fencepost.scheduler.worker;

import org.jspecify.annotations.NullMarked;
