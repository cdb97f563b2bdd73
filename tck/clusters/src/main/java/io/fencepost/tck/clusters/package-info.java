/**
 * The kit's fault hooks over the real clusters of infra, once for all providers: servers are killed and stopped as processes, and
 * clients connect through links that can be disturbed.
 *
 * <p>A provider's suite answers {@link io.fencepost.tck.LockProviderTck} with a subclass of {@link
 * io.fencepost.tck.clusters.ClusterFixture}, which says how URIs are made of addresses.
 */
@NullMarked
package io.fencepost.tck.clusters;

import org.jspecify.annotations.NullMarked;
