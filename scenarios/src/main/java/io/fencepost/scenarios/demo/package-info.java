/** The demonstration of the scheduler: real lock servers, real worker processes, and what becomes of jobs whose workers die or stand still. */
@NullMarked
package io.fencepost.scenarios.demo;

import org.jspecify.annotations.NullMarked;
