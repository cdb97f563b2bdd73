package io.fencepost.tck;

/** A sound cluster keeps all rules, those about faults included, that one process can be asked. */
class SimulatedTckTest extends SimulatedSuite {}
