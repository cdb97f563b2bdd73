/**
 * Real clusters of local processes: three Cassandra nodes, five Redis masters, three ZooKeeper servers.
 *
 * <p>Start at {@link io.fencepost.infra.Clusters}. Everything comes from Maven Central, runs on loopback addresses and free
 * ports, keeps its files under {@code target/fencepost} of the checkout, and dies with the build that started it.
 */
@NullMarked
package io.fencepost.infra;

import org.jspecify.annotations.NullMarked;
