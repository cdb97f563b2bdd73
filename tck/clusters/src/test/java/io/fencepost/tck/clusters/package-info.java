@NullMarked
package io.fencepost.tck.clusters;

import org.jspecify.annotations.NullMarked;
