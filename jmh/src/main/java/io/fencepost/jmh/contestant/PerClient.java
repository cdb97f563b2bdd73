package io.fencepost.jmh.contestant;

import java.util.ArrayList;
import java.util.List;

/**
 * What a contestant keeps for each of its clients, opened and closed together.
 *
 * @param <T> of a client
 */
public final class PerClient<T extends AutoCloseable> implements AutoCloseable {
    private final List<T> all = new ArrayList<>();

    /** Opens one client. */
    @FunctionalInterface
    public interface Opener<T> {
        /** @param client its number, from 0 */
        T open(int client) throws Exception;
    }

    private PerClient() {}

    /** Opens that many, one after the other; if one fails, those before it are closed. */
    public static <T extends AutoCloseable> PerClient<T> open(int clients, Opener<T> opener) throws Exception {
        PerClient<T> opened = new PerClient<>();
        try {
            for (int client = 0; client < clients; client++) {
                opened.all.add(opener.open(client));
            }
        } catch (Exception e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /** That of one client. */
    public T of(int client) {
        return all.get(client);
    }

    /** Closes all, also if one of them fails. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (T one : all) {
            try {
                one.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("a client cannot be closed", e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
