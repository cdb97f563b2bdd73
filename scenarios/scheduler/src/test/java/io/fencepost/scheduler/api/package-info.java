/** The API over real HTTP on loopback; every answer is held against its description. */
@NullMarked
package io.fencepost.scheduler.api;

import org.jspecify.annotations.NullMarked;
