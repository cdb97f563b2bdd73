@NullMarked
package io.fencepost.tck.docker;

import org.jspecify.annotations.NullMarked;
