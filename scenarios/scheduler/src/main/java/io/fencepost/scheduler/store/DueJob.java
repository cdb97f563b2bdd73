package io.fencepost.scheduler.store;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import java.time.Instant;

/**
 * What has to be known of a job to decide whether it is to be begun now; the payload comes later.
 *
 * @param state scheduled, or running if it may have to be taken over
 * @param next not before this instant
 */
public record DueJob(JobId id, String tenant, int priority, JobState state, Instant next) {}
