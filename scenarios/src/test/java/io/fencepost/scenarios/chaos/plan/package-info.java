@NullMarked
package io.fencepost.scenarios.chaos.plan;

import org.jspecify.annotations.NullMarked;
