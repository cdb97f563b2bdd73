/** Tests of the clusters: those named {@code *IT} start real servers, the others none. */
@NullMarked
package io.fencepost.infra;

import org.jspecify.annotations.NullMarked;
