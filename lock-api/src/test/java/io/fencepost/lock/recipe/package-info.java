@NullMarked
package io.fencepost.lock.recipe;

import org.jspecify.annotations.NullMarked;
