@NullMarked
package io.fencepost.scenarios.jobs;

import org.jspecify.annotations.NullMarked;
