/** Checks of what infra/docker and infra/docker-compose.yml say of the worker and the API. */
@NullMarked
package io.fencepost.scheduler.container;

import org.jspecify.annotations.NullMarked;
