package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The offset of a process's wall clock, in nanoseconds, where the process looks for it. Any process may change it.
 *
 * @param path 8 bytes in the machine's order; made with zero when missing
 */
record ClockFile(Path path) {

    static final Duration FARTHEST = Duration.ofDays(3_650);

    private static final VarHandle NANOS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /**
     * Sets the offset, at once for a process that runs.
     *
     * @throws IllegalArgumentException if it is farther than ten years
     */
    void set(Duration offset) {
        if (offset.abs().compareTo(FARTHEST) > 0) {
            throw new IllegalArgumentException(
                    "clock offset = " + offset + ", must be -" + FARTHEST + " to " + FARTHEST);
        }
        // one store, so that no look at the clock sees a part of it
        NANOS.setVolatile(map(), 0, offset.toNanos());
    }

    Duration offset() {
        return Duration.ofNanos((long) NANOS.getVolatile(map(), 0));
    }

    private MappedByteBuffer map() {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map " + path, e);
        }
    }
}
