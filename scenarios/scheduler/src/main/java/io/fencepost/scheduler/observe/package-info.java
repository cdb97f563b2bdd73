/**
 * What operators see of a scheduler: meters for Prometheus, spans for OpenTelemetry. Neither decides anything: a scheduler without them does the same. The table of the meters, the alert rules and the
 * dashboard are in {@code infra/observability}.
 */
@NullMarked
package io.fencepost.scheduler.observe;

import org.jspecify.annotations.NullMarked;
