@NullMarked
package io.fencepost.scenarios.check;

import org.jspecify.annotations.NullMarked;
