@NullMarked
package io.fencepost.scenarios.scale;

import org.jspecify.annotations.NullMarked;
