/**
 * How a node is, over HTTP: for orchestrators, for scripts and for Prometheus.
 *
 * <p>{@link dev.trivet.api.health.HealthPages} has the handlers; {@link
 * dev.trivet.api.health.Metrics} writes the page of figures.
 */
@NullMarked
package dev.trivet.api.health;

import org.jspecify.annotations.NullMarked;
