@NullMarked
package io.fencepost.scenarios.bench;

import org.jspecify.annotations.NullMarked;
