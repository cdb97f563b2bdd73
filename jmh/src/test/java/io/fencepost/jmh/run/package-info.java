@NullMarked
package io.fencepost.jmh.run;

import org.jspecify.annotations.NullMarked;
