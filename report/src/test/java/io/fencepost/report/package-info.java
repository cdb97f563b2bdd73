@NullMarked
package io.fencepost.report;

import org.jspecify.annotations.NullMarked;
