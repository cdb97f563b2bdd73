@NullMarked
package io.fencepost.jmh.contestant;

import org.jspecify.annotations.NullMarked;
