package io.fencepost.tck;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Guards of resources with one defect each. */
final class BrokenResources {
    private BrokenResources() {}

    /** Locks that work, and resources that do not. */
    abstract static class WithResources extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return sound;
        }

        @Override
        abstract FencedResource resource(FencedResource sound);
    }

    /** A key that is another one after each of some events. */
    private static String generation(String key, Map<String, Integer> events) {
        return events.containsKey(key) ? key + " " + events.get(key) : key;
    }

    /** Values in a map, written without looking: what guards do with them is up to each. */
    private abstract static class Unguarded extends ResourceView {
        private final Map<String, FencedValue> values;

        Unguarded(FencedResource sound, Map<String, FencedValue> values) {
            super(sound);
            this.values = values;
        }

        FencedWrite set(String key, FencingToken token, byte[] value) {
            values.put(key, new FencedValue(token, value));
            return new FencedWrite.Accepted();
        }

        @Override
        public FencedWrite delete(String key, FencingToken token) {
            values.remove(key);
            return new FencedWrite.Accepted();
        }

        @Override
        public Optional<FencedValue> read(String key) {
            return Optional.ofNullable(values.get(key));
        }
    }

    /** The token is stored and never looked at: the last write wins. */
    static class TokenIsOnlyStored extends WithResources {
        private final Map<String, FencedValue> values = new ConcurrentHashMap<>();

        @Override
        FencedResource resource(FencedResource sound) {
            return new Unguarded(sound, values) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    return set(key, token, value);
                }
            };
        }
    }

    /** The token is read and compared, and then the value is written without a condition. */
    static class ComparesAndThenWrites extends WithResources {
        private final Map<String, FencedValue> values = new ConcurrentHashMap<>();

        @Override
        FencedResource resource(FencedResource sound) {
            return new Unguarded(sound, values) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    Optional<FencedValue> before = read(key);
                    if (before.isPresent() && token.isStaleAfter(before.get().token())) {
                        return new FencedWrite.Stale(before.get().token());
                    }
                    // for as long as another one may need to come in between, also on a busy machine
                    for (int i = 0; i < 50 && read(key).equals(before); i++) {
                        BrokenProviders.pause(1);
                    }
                    return set(key, token, value);
                }
            };
        }
    }

    /** The fence lives in the client. */
    static class EachClientHasItsOwnFence extends WithResources {
        private final Map<String, FencedValue> values = new ConcurrentHashMap<>();

        @Override
        FencedResource resource(FencedResource sound) {
            Map<String, FencingToken> fences = new ConcurrentHashMap<>();
            return new Unguarded(sound, values) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    FencingToken fence = fences.merge(key, token, (a, b) -> a.isStaleAfter(b) ? b : a);
                    return token.isStaleAfter(fence) ? new FencedWrite.Stale(fence) : set(key, token, value);
                }
            };
        }
    }

    /** "Greater" for "not smaller": each holder writes once. */
    static class EqualTokensAreRefused extends WithResources {
        private final Map<String, FencingToken> last = new ConcurrentHashMap<>();

        @Override
        FencedResource resource(FencedResource sound) {
            return new ResourceView(sound) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    return token.equals(last.get(key)) ? new FencedWrite.Stale(token) : noted(key, token, value);
                }

                private FencedWrite noted(String key, FencingToken token, byte[] value) {
                    FencedWrite outcome = super.write(key, token, value);
                    if (outcome.isAccepted()) {
                        last.put(key, token);
                    }
                    return outcome;
                }
            };
        }
    }

    /** A key that is deleted is gone with its fence. */
    static class DeletionForgetsTheFence extends WithResources {
        private final Map<String, Integer> deletions = new ConcurrentHashMap<>();

        @Override
        FencedResource resource(FencedResource sound) {
            return new ResourceView(sound) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    return super.write(generation(key, deletions), token, value);
                }

                @Override
                public FencedWrite delete(String key, FencingToken token) {
                    FencedWrite outcome = super.delete(generation(key, deletions), token);
                    if (outcome.isAccepted()) {
                        deletions.merge(key, 1, Integer::sum);
                    }
                    return outcome;
                }

                @Override
                public Optional<FencedValue> read(String key) {
                    return super.read(generation(key, deletions));
                }
            };
        }
    }

    /** Tokens are compared as floating-point numbers, as some scripting languages do. */
    static class TokensAreDoubles extends WithResources {
        private final Map<String, FencedValue> values = new ConcurrentHashMap<>();

        @Override
        FencedResource resource(FencedResource sound) {
            return new Unguarded(sound, values) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    FencedValue before = values.get(key);
                    return before != null
                                    && (double) token.value()
                                            < (double) before.token().value()
                            ? new FencedWrite.Stale(before.token())
                            : set(key, token, value);
                }

                @Override
                public FencedWrite delete(String key, FencingToken token) {
                    FencedValue before = values.get(key);
                    return before != null && token.isStaleAfter(before.token())
                            ? new FencedWrite.Stale(before.token())
                            : super.delete(key, token);
                }
            };
        }
    }

    /** A column whose collation ignores case. */
    static class KeysAreFolded extends WithResources {
        @Override
        FencedResource resource(FencedResource sound) {
            return new ResourceView(sound) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    return super.write(key.toLowerCase(Locale.ROOT), token, value);
                }

                @Override
                public Optional<FencedValue> read(String key) {
                    return super.read(key.toLowerCase(Locale.ROOT));
                }
            };
        }
    }

    /** The fence is forgotten when the lease is over that wrote last: whoever writes then is let in. */
    static class FenceGoesWithTheLease extends WithResources {
        private final Map<String, Integer> ended = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    ended.merge(grant.name(), 1, Integer::sum);
                    return super.release(grant);
                }
            };
        }

        @Override
        FencedResource resource(FencedResource sound) {
            return new ResourceView(sound) {
                @Override
                public FencedWrite write(String key, FencingToken token, byte[] value) {
                    return super.write(generation(key, ended), token, value);
                }

                @Override
                public FencedWrite delete(String key, FencingToken token) {
                    return super.delete(generation(key, ended), token);
                }

                @Override
                public Optional<FencedValue> read(String key) {
                    return super.read(generation(key, ended));
                }
            };
        }
    }
}
