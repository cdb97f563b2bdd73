/** Tests of the demonstration. */
@NullMarked
package io.fencepost.scenarios.demo;

import org.jspecify.annotations.NullMarked;
