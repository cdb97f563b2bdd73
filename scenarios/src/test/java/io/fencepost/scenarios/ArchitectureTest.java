package io.fencepost.scenarios;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way: providers and kit to lock-api, infra to nothing of ours, report to files alone; and no driver leaves its provider. */
@AnalyzeClasses(packages = "io.fencepost", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] LOCK_API = {
        "io.fencepost.lock",
        "io.fencepost.lock.spi",
        "io.fencepost.lock.core",
        "io.fencepost.lock.fencing",
        "io.fencepost.lock.fencing.jdbc",
        "io.fencepost.lock.memory",
        "io.fencepost.lock.micrometer",
        "io.fencepost.lock.recipe"
    };
    private static final String CASSANDRA = "io.fencepost.lock.cassandra..";
    private static final String REDLOCK = "io.fencepost.lock.redlock..";
    private static final String ZOOKEEPER = "io.fencepost.lock.zookeeper..";
    private static final String SCHEDULER = "io.fencepost.scheduler..";
    private static final String[] DRIVERS = {
        "com.datastax..", "io.lettuce..", "org.apache.curator..", "org.apache.zookeeper..", "reactor.."
    };
    private static final String NETTY = "io.netty..";

    @ArchTest
    static final ArchRule lockApiNeedsOnlyTheJdkSlf4jAndOptionallyMicrometer = classes()
            .that()
            .resideInAnyPackage(LOCK_API)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(LOCK_API)
                    .or(resideInAnyPackage(
                            "java..", "javax.sql..", "org.slf4j..", "org.jspecify..", "io.micrometer..")));

    @ArchTest
    static final ArchRule micrometerIsKnownToItsPackagesAlone = noClasses()
            .that()
            .resideOutsideOfPackages("io.fencepost.lock.micrometer", "io.fencepost.scheduler.observe")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..");

    @ArchTest
    static final ArchRule theCoreIsReachedThroughLockClientsAlone = noClasses()
            .that()
            .resideOutsideOfPackage("io.fencepost.lock.core")
            .and()
            .doNotHaveFullyQualifiedName("io.fencepost.lock.LockClients$Builder")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fencepost.lock.core");

    @ArchTest
    static final ArchRule providersKnowLockApiAlone = noClasses()
            .that()
            .resideInAnyPackage(CASSANDRA, REDLOCK, ZOOKEEPER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fencepost.tck..",
                    "io.fencepost.infra..",
                    "io.fencepost.jmh..",
                    "io.fencepost.scenarios..",
                    "io.fencepost.report..",
                    "io.fencepost.lock.memory");

    @ArchTest
    static final ArchRule cassandraKnowsNoOtherProvider = noClasses()
            .that()
            .resideInAPackage(CASSANDRA)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(REDLOCK, ZOOKEEPER);

    @ArchTest
    static final ArchRule redlockKnowsNoOtherProvider = noClasses()
            .that()
            .resideInAPackage(REDLOCK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CASSANDRA, ZOOKEEPER);

    @ArchTest
    static final ArchRule zooKeeperKnowsNoOtherProvider = noClasses()
            .that()
            .resideInAPackage(ZOOKEEPER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CASSANDRA, REDLOCK);

    @ArchTest
    static final ArchRule noDriverTypeIsInAPublicSignatureOfAProvider = noMethods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .areTopLevelClasses()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(CASSANDRA, REDLOCK, ZOOKEEPER)
            .should()
            .haveRawReturnType(resideInAnyPackage(DRIVERS).or(resideInAPackage(NETTY)));

    @ArchTest
    static final ArchRule driversAreUsedByProvidersBenchmarksAndAStoreAlone = noClasses()
            .that(not(resideInAnyPackage(
                    CASSANDRA, REDLOCK, ZOOKEEPER, "io.fencepost.jmh..", "io.fencepost.scheduler.store.cassandra")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DRIVERS);

    @ArchTest
    static final ArchRule nettyIsUsedUnderDriversAndByTheLinksOfInfraAlone = noClasses()
            .that(not(resideInAnyPackage(CASSANDRA, REDLOCK, ZOOKEEPER, "io.fencepost.jmh..", "io.fencepost.infra")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(NETTY);

    @ArchTest
    static final ArchRule infraNeedsNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("io.fencepost.infra..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.fencepost..").and(not(resideInAnyPackage("io.fencepost.infra.."))));

    @ArchTest
    static final ArchRule reportReadsFilesAlone = noClasses()
            .that()
            .resideInAPackage("io.fencepost.report..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.fencepost..").and(not(resideInAnyPackage("io.fencepost.report.."))));

    @ArchTest
    static final ArchRule historyDependsOnNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("io.fencepost.history..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.fencepost..").and(not(resideInAnyPackage("io.fencepost.history.."))));

    @ArchTest
    static final ArchRule theSchedulerUsesPublishedPackagesAlone = noClasses()
            .that()
            .resideInAPackage(SCHEDULER)
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.fencepost..")
                    .and(not(resideInAnyPackage(
                            SCHEDULER,
                            "io.fencepost.lock",
                            "io.fencepost.lock.recipe",
                            "io.fencepost.lock.fencing",
                            "io.fencepost.lock.micrometer",
                            // its reader of URIs, which stores are named by as well
                            "io.fencepost.lock.spi"))));

    @ArchTest
    static final ArchRule jobsAndStoresKnowNoWorkers = noClasses()
            .that()
            .resideInAnyPackage("io.fencepost.scheduler.job", "io.fencepost.scheduler.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fencepost.scheduler.worker",
                    "io.fencepost.scheduler.dispatch",
                    "io.fencepost.scheduler.api",
                    "io.fencepost.scheduler.observe",
                    "io.fencepost.scheduler.cli");

    @ArchTest
    static final ArchRule theKitKnowsApiAndSpiAlone = noClasses()
            .that()
            .resideInAPackage("io.fencepost.tck..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.fencepost..")
                    .and(not(resideInAnyPackage(
                            "io.fencepost.tck..",
                            "io.fencepost.lock",
                            "io.fencepost.lock.fencing",
                            "io.fencepost.lock.spi"))));

    @ArchTest
    static final ArchRule productsDoNotPrint = noClasses()
            .that()
            .resideInAnyPackage(CASSANDRA, REDLOCK, ZOOKEEPER)
            .or()
            .resideInAnyPackage(LOCK_API)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");
}
