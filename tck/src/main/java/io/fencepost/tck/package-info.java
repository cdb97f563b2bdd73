/**
 * The conformance kit of Fencepost: the rules of {@code SPEC.md} as a JUnit suite that a provider's author runs over
 * real servers.
 *
 * <p>Start at {@link io.fencepost.tck.LockProviderTck} and {@link io.fencepost.tck.UriFixture}.
 */
@NullMarked
package io.fencepost.tck;

import org.jspecify.annotations.NullMarked;
