@NullMarked
package io.fencepost.scenarios.load;

import org.jspecify.annotations.NullMarked;
