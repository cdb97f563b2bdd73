@NullMarked
package io.fencepost.scenarios.output;

import org.jspecify.annotations.NullMarked;
