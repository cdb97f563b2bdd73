@NullMarked
package io.fencepost.scenarios.run;

import org.jspecify.annotations.NullMarked;
