@NullMarked
package io.fencepost.scenarios.stats;

import org.jspecify.annotations.NullMarked;
