package io.fencepost.lock.core;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A backend whose answers the test gives: it keeps every call, and each waits until the test completes it. */
final class ScriptedBackend implements LockBackend {
    /** A call and its answer to be. */
    record Call<Q, A>(Q request, CompletableFuture<A> answer) {}

    record Handoff(Grant grant, AttemptRequest request) {}

    final List<Call<AttemptRequest, AttemptOutcome>> attempts = new ArrayList<>();
    final List<Call<Grant, RenewOutcome>> renewals = new ArrayList<>();
    final List<Call<Grant, ReleaseOutcome>> releases = new ArrayList<>();
    final List<Call<Handoff, HandoffOutcome>> handoffs = new ArrayList<>();
    final List<Runnable> wakeUps = new ArrayList<>();
    /** How often wake-ups were asked for. */
    int subscriptions;

    /** Runs in every call. */
    Runnable onCall = () -> {};

    /** Runs before wake-ups are given, in the thread that asks for them. */
    Runnable onSubscribe = () -> {};

    /** Answers attempts at once; empty leaves them to the test. */
    Optional<AttemptOutcome> standing = Optional.empty();

    Supplier<CompletionStage<Optional<LockState>>> inspection =
            () -> CompletableFuture.completedFuture(Optional.empty());
    volatile boolean closed;

    private final Capabilities capabilities;
    private final List<String> closedInOrder;
    private long lastToken;

    ScriptedBackend(Capabilities capabilities, List<String> closedInOrder) {
        this.capabilities = capabilities;
        this.closedInOrder = closedInOrder;
    }

    static Capabilities capabilities(boolean wakeUps) {
        return capabilities(wakeUps, false);
    }

    static Capabilities capabilities(boolean wakeUps, boolean cohortHandoff) {
        return Capabilities.builder("scripted", FencingClass.PROCESS)
                .drift(0.01, Duration.ofMillis(2))
                .ttlRange(Duration.ofMillis(100), Duration.ofMinutes(1))
                .wakeUps(wakeUps)
                .cohortHandoff(cohortHandoff)
                .build();
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    private <Q, A> CompletionStage<A> keep(List<Call<Q, A>> calls, Q request) {
        onCall.run();
        Call<Q, A> call = new Call<>(request, new CompletableFuture<>());
        synchronized (calls) {
            calls.add(call);
        }
        return call.answer;
    }

    static <T> T last(List<T> calls) {
        synchronized (calls) {
            return calls.get(calls.size() - 1);
        }
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        CompletionStage<AttemptOutcome> answer = keep(attempts, request);
        standing.ifPresent(last(attempts).answer::complete);
        return answer;
    }

    /** Grants the last attempt for its ttl. */
    Grant grant() {
        Grant grant = grantTo(last(attempts).request);
        last(attempts).answer.complete(new AttemptOutcome.Acquired(grant));
        return grant;
    }

    private Grant grantTo(AttemptRequest request) {
        return new Grant(request.name(), request.attemptId(), new FencingToken(++lastToken), request.ttl());
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        return keep(handoffs, new Handoff(grant, request));
    }

    /** Grants the last handoff for its ttl. */
    Grant grantHandoff() {
        Grant grant = grantTo(last(handoffs).request.request);
        answerHandoff(new ReleaseOutcome.Released(), new AttemptOutcome.Acquired(grant));
        return grant;
    }

    void answerHandoff(ReleaseOutcome released, AttemptOutcome attempted) {
        last(handoffs).answer.complete(new HandoffOutcome(released, attempted));
    }

    void refuse(Duration remaining) {
        last(attempts).answer.complete(AttemptOutcome.Contended.of(remaining, "somebody"));
    }

    void refuse() {
        last(attempts).answer.complete(AttemptOutcome.Contended.of(null, null));
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return keep(renewals, grant);
    }

    void confirmRenewal(Duration validity) {
        last(renewals).answer.complete(new RenewOutcome.Renewed(validity));
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return keep(releases, grant);
    }

    void failRelease() {
        last(releases).answer.complete(new ReleaseOutcome.Indeterminate(new IllegalStateException("no answer")));
    }

    void confirmRelease() {
        last(releases).answer.complete(new ReleaseOutcome.Released());
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return inspection.get();
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return CompletableFuture.completedFuture(new ReleaseOutcome.NotHeld());
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        onCall.run();
        subscriptions++;
        onSubscribe.run();
        wakeUps.add(wakeUp);
        return () -> wakeUps.remove(wakeUp);
    }

    @Override
    public void close() {
        closed = true;
        closedInOrder.add("backend");
    }
}
