package io.fencepost.tck;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import java.util.Optional;

/** One of several views of a resource, which outlives them. */
class ResourceView implements FencedResource {
    private final FencedResource shared;

    ResourceView(FencedResource shared) {
        this.shared = shared;
    }

    @Override
    public FencedWrite write(String key, FencingToken token, byte[] value) {
        return shared.write(key, token, value);
    }

    @Override
    public FencedWrite delete(String key, FencingToken token) {
        return shared.delete(key, token);
    }

    @Override
    public Optional<FencedValue> read(String key) {
        return shared.read(key);
    }

    @Override
    public void close() {}
}
