/** Tests that look at the whole house. */
@NullMarked
package io.fencepost.scenarios;

import org.jspecify.annotations.NullMarked;
