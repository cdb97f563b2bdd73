/**
 * How locks behave at sizes that no single machine can measure: a model of clients and servers, fitted to two measured points of each backend and checked against others.
 */
@NullMarked
package io.fencepost.scenarios.scale;

import org.jspecify.annotations.NullMarked;
