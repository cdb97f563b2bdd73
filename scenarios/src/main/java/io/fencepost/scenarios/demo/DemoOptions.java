package io.fencepost.scenarios.demo;

import java.util.Optional;

/**
 * What the demonstration is to be like.
 *
 * @param provider whose locks
 * @param port of API and page; 0 is any that is free
 * @param store URI of a store to use instead of a file of its own
 * @param keep whether workers and API go on after the end
 */
public record DemoOptions(DemoProvider provider, int port, Optional<String> store, boolean keep) {}
