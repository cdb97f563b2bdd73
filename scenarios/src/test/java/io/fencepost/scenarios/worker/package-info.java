@NullMarked
package io.fencepost.scenarios.worker;

import org.jspecify.annotations.NullMarked;
