/** What checkers must accept and what they must not. */
@NullMarked
package io.fencepost.history.check;

import org.jspecify.annotations.NullMarked;
