package io.fencepost.scheduler.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * A token bucket for each client address. Thread-safe; remembers the {@value #MAX_CLIENTS} addresses that were seen last, so that whoever has many addresses costs no more memory, and counts an IPv6
 * network of 64 bits as one, which is what a single client is given.
 */
final class RateLimiter {
    static final int MAX_CLIENTS = 10_000;

    private final double perNano;
    private final double capacity;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets;

    /** @param perSecond how many on average, and at once after a pause */
    RateLimiter(int perSecond, LongSupplier nanoTime) {
        this.perNano = perSecond / 1e9;
        this.capacity = perSecond;
        this.nanoTime = nanoTime;
        this.buckets = new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > MAX_CLIENTS;
            }
        };
    }

    /** Takes one; if there is none, tells in how many whole seconds there will be. */
    OptionalLong take(String address) {
        String client = network(address);
        synchronized (buckets) {
            long now = nanoTime.getAsLong();
            Bucket bucket = buckets.computeIfAbsent(client, c -> new Bucket(capacity, now));
            bucket.level = Math.min(capacity, bucket.level + (now - bucket.filled) * perNano);
            bucket.filled = now;
            if (bucket.level >= 1) {
                bucket.level -= 1;
                return OptionalLong.empty();
            }
            return OptionalLong.of(Math.max(1, (long) Math.ceil((1 - bucket.level) / perNano / 1e9)));
        }
    }

    int clients() {
        synchronized (buckets) {
            return buckets.size();
        }
    }

    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return bytes.length == 16 ? HexFormat.of().formatHex(Arrays.copyOf(bytes, 8)) : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }

    private static final class Bucket {
        private double level;
        private long filled;

        Bucket(double level, long filled) {
            this.level = level;
            this.filled = filled;
        }
    }
}
