@NullMarked
package io.fencepost.jmh;

import org.jspecify.annotations.NullMarked;
