package io.fencepost.scenarios.jobs;

import java.util.List;

/**
 * What the histories of some jobs, each submitted once and due once, say.
 *
 * @param acknowledged jobs whose submission was acknowledged
 * @param completed those with exactly one accepted completion
 * @param lost those without one
 * @param completedTwice those with more than one
 * @param begunTwice begins of a job that was begun before: what locks cannot prevent, shown as exposure and no violation
 * @param staleAccepted accepted writes of a worker after one with a greater token, or with another token than the try that they end
 * @param broken histories that contradict themselves in another way
 * @param findings the first violations, in words
 */
public record Verdict(
        int acknowledged,
        int completed,
        int lost,
        int completedTwice,
        int begunTwice,
        int staleAccepted,
        int broken,
        List<String> findings) {
    public Verdict {
        findings = List.copyOf(findings);
    }

    /** Every acknowledged job has exactly one accepted completion, and nothing stale was accepted. */
    public boolean holds() {
        return completed == acknowledged && lost == 0 && completedTwice == 0 && staleAccepted == 0 && broken == 0;
    }
}
