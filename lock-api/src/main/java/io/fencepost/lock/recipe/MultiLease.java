package io.fencepost.lock.recipe;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * The leases of all locks of a {@link MultiLock}, as one: valid for as long as each of them, lost as soon as one is.
 *
 * <p>When one is lost, the others stay as they are until this is released: whoever holds them may still be undoing what the loss broke off. Thread-safe, as {@link Lease}.
 */
public final class MultiLease implements AutoCloseable {
    /**
     * Which of the leases was lost first.
     *
     * @param name of its lock
     */
    public record Loss(String name, LossCause cause) {}

    private final List<Lease> leases;
    private final Map<String, FencingToken> tokens;
    private final CompletableFuture<Loss> lost = new CompletableFuture<>();

    /** @param inOrder as they were acquired; none where there is nothing to give back */
    MultiLease(List<Lease> inOrder) {
        leases = List.copyOf(inOrder);
        Map<String, FencingToken> byName = new LinkedHashMap<>();
        leases.forEach(lease -> byName.put(lease.name(), lease.token()));
        tokens = Collections.unmodifiableMap(byName);
    }

    /** Listens to the leases. Apart from the constructor so that no other thread sees a half-made object. */
    MultiLease start() {
        leases.forEach(lease -> lease.lost().thenAccept(cause -> lost.complete(new Loss(lease.name(), cause))));
        return this;
    }

    /** In the order of {@link #names()}. */
    List<Lease> leases() {
        return leases;
    }

    /** The names of the locks, in the order in which they were acquired. */
    public Set<String> names() {
        return tokens.keySet();
    }

    /** The fencing token of each lock by its name, in the order of {@link #names()}. Tokens of different locks are not comparable: a resource checks the one of its own lock. */
    public Map<String, FencingToken> tokens() {
        return tokens;
    }

    /**
     * The fencing token of one of the locks.
     *
     * @throws IllegalArgumentException if there is no lock of that name among them
     */
    public FencingToken token(String name) {
        FencingToken token = tokens.get(name);
        if (token == null) {
            throw new IllegalArgumentException("there is no lock '" + name + "' here, only " + names());
        }
        return token;
    }

    /** The worst state of any of the leases: {@code LOST}, {@code RELEASED}, {@code SUSPECT}, {@code HELD}, in this order. */
    public LeaseState state() {
        LeaseState worst = LeaseState.HELD;
        for (Lease lease : leases) {
            LeaseState state = lease.state();
            if (rank(state) > rank(worst)) {
                worst = state;
            }
        }
        return worst;
    }

    private static int rank(LeaseState state) {
        return switch (state) {
            case HELD -> 0;
            case SUSPECT -> 1;
            case RELEASED -> 2;
            case LOST -> 3;
        };
    }

    /** Whether none of the leases is lost or released. */
    public boolean isValid() {
        return !state().isFinal();
    }

    /** The least of the leases' remaining validities. */
    public Duration remainingValidity() {
        return leases.stream()
                .map(Lease::remainingValidity)
                .min(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /**
     * Returns if each of the leases is valid for at least {@code needed} from now.
     *
     * @param needed not negative
     * @throws LeaseLostException of the first that is not
     */
    public void ensureValid(Duration needed) {
        leases.forEach(lease -> lease.ensureValid(needed));
    }

    /** Completes when the first of the leases is lost; as {@link Lease#lost()}. */
    public CompletionStage<Loss> lost() {
        return lost.minimalCompletionStage();
    }

    /**
     * Gives all locks back, the last acquired first, without waiting for the answer to one before the next is sent; then blocks until all are answered. If interrupted, the releases go on in the
     * background, those without an answer yet are indeterminate, and the thread's interrupt status is kept.
     *
     * @return the outcome for each name, in the order of {@link #names()}
     */
    public Map<String, ReleaseOutcome> release() {
        List<CompletableFuture<ReleaseOutcome>> answers = sendReleases();
        Optional<InterruptedException> interrupt = Optional.empty();
        try {
            all(answers).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupt = Optional.of(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a release never fails", e);
        }
        Optional<ReleaseOutcome> unanswered = interrupt.map(ReleaseOutcome.Indeterminate::new);
        return byName(answers, answer -> unanswered.isPresent() ? answer.getNow(unanswered.get()) : answer.join());
    }

    /** As {@link #release()}, without blocking. The future never fails. */
    public CompletableFuture<Map<String, ReleaseOutcome>> releaseAsync() {
        List<CompletableFuture<ReleaseOutcome>> answers = sendReleases();
        return all(answers).thenApply(done -> byName(answers, CompletableFuture::join));
    }

    /** The answers to be, in the order of the names. */
    private List<CompletableFuture<ReleaseOutcome>> sendReleases() {
        List<CompletableFuture<ReleaseOutcome>> answers = new ArrayList<>();
        for (int i = leases.size() - 1; i >= 0; i--) {
            answers.add(leases.get(i).releaseAsync());
        }
        Collections.reverse(answers);
        return answers;
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<ReleaseOutcome>> answers) {
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }

    private Map<String, ReleaseOutcome> byName(
            List<CompletableFuture<ReleaseOutcome>> answers,
            Function<CompletableFuture<ReleaseOutcome>, ReleaseOutcome> outcome) {
        Map<String, ReleaseOutcome> outcomes = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            outcomes.put(leases.get(i).name(), outcome.apply(answers.get(i)));
        }
        return Collections.unmodifiableMap(outcomes);
    }

    /** {@link #release()} without an answer: never throws. */
    @Override
    public void close() {
        release();
    }

    @Override
    public String toString() {
        return "leases with tokens " + tokens + ", " + state();
    }
}
