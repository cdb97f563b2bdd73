package io.fencepost.jmh.experiment;

import static io.fencepost.jmh.contestant.Ability.RENEWS;
import static io.fencepost.jmh.contestant.Ability.TOKENS;
import static io.fencepost.jmh.contestant.Ability.WAITS;

import io.fencepost.jmh.Target;
import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.FencepostContestant;
import io.fencepost.jmh.contestant.Role;
import io.fencepost.jmh.contestant.Versions;
import java.util.List;
import java.util.Set;

/** The changed ones as contestants. */
public final class Experiments {
    private Experiments() {}

    /** All of them. */
    public static List<ContestantType> types() {
        return List.of(
                variant("cassandra-control", CqlVariant.Design.CONTROL, "nothing undone"),
                variant("cassandra-two-tables", CqlVariant.Design.TWO_TABLES, "the fence in a table of its own"),
                variant("cassandra-no-fence-cache", CqlVariant.Design.NO_FENCE_CACHE, "the fence not remembered"),
                variant(
                        "cassandra-any-coordinator",
                        CqlVariant.Design.ANY_COORDINATOR,
                        "the driver chooses the coordinator of each statement"),
                experiment(
                        "cassandra-no-look",
                        Backend.CASSANDRA,
                        "as cassandra, trying again without a plain read first",
                        FencepostContestant.opener(
                                opening -> Target.CASSANDRA.uri(opening.addresses()), ChangedBackend::withoutLook)),
                withoutHandoff(Target.CASSANDRA, Backend.CASSANDRA),
                withoutHandoff(Target.REDLOCK, Backend.REDIS),
                withoutHandoff(Target.ZOOKEEPER, Backend.ZOOKEEPER));
    }

    private static ContestantType variant(String id, CqlVariant.Design design, String undone) {
        return experiment(
                id,
                Backend.CASSANDRA,
                "the provider's statements in their simplest form, " + undone
                        + "; unanswered statements are not settled",
                FencepostContestant.over(opening -> new CqlVariant(design, opening.addresses())));
    }

    private static ContestantType withoutHandoff(Target target, Backend backend) {
        return experiment(
                target.id() + "-no-handoff",
                backend,
                "as " + target.id() + ", release and next acquire of a client in rounds of their own",
                FencepostContestant.opener(opening -> target.uri(opening.addresses()), ChangedBackend::withoutHandoff));
    }

    private static ContestantType experiment(
            String id, Backend backend, String guarantee, ContestantType.Opener opener) {
        return new ContestantType(
                id, backend, Role.EXPERIMENT, Versions.OURS, guarantee, Set.of(WAITS, RENEWS, TOKENS), opener);
    }
}
