/**
 * The clusters of infra as containers of the official images, for the kit where a Docker engine answers and was asked for with
 * {@code -Ddocker}: servers that somebody else built and configured, and a network between them.
 *
 * <p>Start at {@link io.fencepost.tck.docker.DockerClusters}.
 */
@NullMarked
package io.fencepost.tck.docker;

import org.jspecify.annotations.NullMarked;
