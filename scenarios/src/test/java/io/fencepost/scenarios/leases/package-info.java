@NullMarked
package io.fencepost.scenarios.leases;

import org.jspecify.annotations.NullMarked;
