package io.fencepost.scheduler.cli;

import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --store}, the same for all commands. */
final class StoreOption {
    @Option(
            names = "--store",
            paramLabel = "<uri>",
            defaultValue = "${env:FENCEPOST_STORE:-sqlite:fencepost-jobs.db}",
            description =
                    "Where the jobs are: sqlite:<file>, or cassandra://<host>:<port>/<keyspace>?localDatacenter=<dc>."
                            + " The environment variable FENCEPOST_STORE, else sqlite:fencepost-jobs.db, by default.")
    @SuppressWarnings("NullAway.Init")
    private String uri;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** @throws ParameterException if the URI is wrong */
    JobStore open() {
        try {
            return JobStores.open(uri);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--store: " + e.getMessage(), e);
        }
    }

    /** What was asked for, without what may be a password. */
    String shown() {
        return Uris.withoutSecrets(uri);
    }
}
