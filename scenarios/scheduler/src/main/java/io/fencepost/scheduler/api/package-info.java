/**
 * The scheduler over HTTP: submits, lists, cancels and retries jobs, tells about workers and tenants, and shows a live page. One process may serve any number of clients; several may serve the same
 * store. {@code openapi.yaml} beside this package's resources is the reference.
 */
@NullMarked
package io.fencepost.scheduler.api;

import org.jspecify.annotations.NullMarked;
