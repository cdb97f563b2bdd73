@NullMarked
package io.fencepost.scenarios.chaos.fault;

import org.jspecify.annotations.NullMarked;
