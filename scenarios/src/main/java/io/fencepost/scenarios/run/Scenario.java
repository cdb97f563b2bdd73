package io.fencepost.scenarios.run;

import io.fencepost.scenarios.output.Measurement;
import java.time.Duration;
import java.util.List;

/** One thing that is done to every provider alike, and measured. Without state: one object serves all providers. */
interface Scenario {
    /** Its name on the command line and in messages. */
    String id();

    /** Whether its figures belong to the file of faults instead of the file of speeds. */
    boolean chaos();

    /** How long it usually takes. */
    Duration estimate(Profile.Plan plan);

    /**
     * Runs it. Blocks; every wait inside has a limit. All grants go to the bench's log.
     *
     * @return its figures, without those of the checkers
     * @throws Exception if it could not be carried out to its end, with a message that says why
     */
    List<Measurement> run(Bench bench) throws Exception;
}
