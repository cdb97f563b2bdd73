package io.fencepost.scenarios.jobs;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges histories of jobs that are due once. A history is what the store accepted, so that a stale write is in it only if the guard let it through. Not thread-safe.
 */
final class Judge {
    private static final int MOST_FINDINGS = 20;

    private final List<String> findings = new ArrayList<>();
    private int acknowledged;
    private int completed;
    private int lost;
    private int completedTwice;
    private int begunTwice;
    private int staleAccepted;
    private int broken;

    /** @param history of an acknowledged job, in order; empty if the store does not know it */
    void add(JobId id, List<JobEvent> history) {
        acknowledged++;
        long completions = count(history, JobEvent.Kind.SUCCEEDED);
        if (completions == 0) {
            lost++;
            find(id, "was acknowledged and never completed: " + inWords(history));
        } else if (completions == 1) {
            completed++;
        } else {
            completedTwice++;
            find(id, "has " + completions + " accepted completions: " + inWords(history));
        }
        long begins = count(history, JobEvent.Kind.BEGAN) + count(history, JobEvent.Kind.TOOK_OVER);
        begunTwice += (int) Math.max(0, begins - 1);
        int stale = stale(history);
        if (stale > 0) {
            staleAccepted += stale;
            find(id, "has " + stale + " accepted writes with a stale token: " + inWords(history));
        }
        Optional<String> contradiction = contradiction(history);
        if (contradiction.isPresent()) {
            broken++;
            find(id, contradiction.get() + ": " + inWords(history));
        }
    }

    Verdict verdict() {
        return new Verdict(acknowledged, completed, lost, completedTwice, begunTwice, staleAccepted, broken, findings);
    }

    static boolean isBegin(JobEvent event) {
        return event.kind() == JobEvent.Kind.BEGAN || event.kind() == JobEvent.Kind.TOOK_OVER;
    }

    private static long count(List<JobEvent> history, JobEvent.Kind kind) {
        return history.stream().filter(event -> event.kind() == kind).count();
    }

    /** Tokens of one job never go down, and what ends a try has the token with which it was begun. */
    private static int stale(List<JobEvent> history) {
        int stale = 0;
        long greatest = 0;
        for (JobEvent event : history) {
            Optional<FencingToken> token = event.token();
            if (token.isEmpty()) {
                continue;
            }
            long value = token.get().value();
            if (value < greatest || (value > greatest && !isBegin(event))) {
                stale++;
            }
            greatest = Math.max(greatest, value);
        }
        return stale;
    }

    private static Optional<String> contradiction(List<JobEvent> history) {
        boolean under = false;
        boolean done = false;
        for (int i = 0; i < history.size(); i++) {
            JobEvent event = history.get(i);
            if (event.number() != i + 1) {
                return Optional.of("has a gap in its history");
            }
            if (event.token().isEmpty() && event.kind() != JobEvent.Kind.SUBMITTED) {
                return Optional.of("was written by a worker without a token");
            }
            switch (event.kind()) {
                case SUBMITTED -> {
                    if (i > 0) {
                        return Optional.of("was submitted twice");
                    }
                }
                case BEGAN -> {
                    if (done) {
                        return Optional.of("was begun after its completion");
                    }
                    if (under) {
                        return Optional.of("was begun as if nobody had been at it");
                    }
                    under = true;
                }
                case TOOK_OVER -> {
                    if (done) {
                        return Optional.of("was taken over after its completion");
                    }
                    under = true;
                }
                default -> {
                    if (!under) {
                        return Optional.of("was ended without being begun");
                    }
                    under = false;
                    done = done || event.kind() == JobEvent.Kind.SUCCEEDED;
                }
            }
        }
        return Optional.empty();
    }

    private void find(JobId id, String what) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(id + " " + what);
        }
    }

    private static String inWords(List<JobEvent> history) {
        return history.stream()
                .map(event -> event.kind()
                        + event.token().map(token -> " " + token).orElse("")
                        + event.worker().map(worker -> " by " + worker).orElse(""))
                .toList()
                .toString();
    }
}
