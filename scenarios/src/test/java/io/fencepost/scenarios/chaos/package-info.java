@NullMarked
package io.fencepost.scenarios.chaos;

import org.jspecify.annotations.NullMarked;
