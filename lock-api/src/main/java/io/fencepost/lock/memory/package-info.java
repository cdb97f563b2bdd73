/** The provider {@code memory:}: locks of this process, exact and without a server. The reference that other providers are compared with. */
@NullMarked
package io.fencepost.lock.memory;

import org.jspecify.annotations.NullMarked;
