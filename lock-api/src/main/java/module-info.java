/** Distributed locks with fencing tokens: the API, the SPI, and the provider {@code memory:}. */
module io.fencepost.lock {
    requires org.slf4j;
    requires static transitive java.sql;
    requires static transitive micrometer.core;
    requires static transitive org.jspecify;

    exports io.fencepost.lock;
    exports io.fencepost.lock.fencing;
    exports io.fencepost.lock.fencing.jdbc;
    exports io.fencepost.lock.memory;
    exports io.fencepost.lock.micrometer;
    exports io.fencepost.lock.recipe;
    exports io.fencepost.lock.spi;

    uses io.fencepost.lock.spi.LockProvider;

    provides io.fencepost.lock.spi.LockProvider with
            io.fencepost.lock.memory.MemoryLockProvider;
}
