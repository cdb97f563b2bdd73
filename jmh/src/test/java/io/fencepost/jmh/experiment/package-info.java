@NullMarked
package io.fencepost.jmh.experiment;

import org.jspecify.annotations.NullMarked;
