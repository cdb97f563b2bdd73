/**
 * The provider {@code cassandra:}: locks over Cassandra's lightweight transactions. Applications use it by its URI; its options are in the module's README.
 */
@NullMarked
package io.fencepost.lock.cassandra;

import org.jspecify.annotations.NullMarked;
