package io.fencepost.infra;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;

/** Finds a Java that Cassandra 5.0 starts on, 11 or 17, whatever this build runs on. */
final class CassandraJava {

    static final String PROPERTY = "fencepost.cassandra.java";
    private static final String HOME = "CASSANDRA_JAVA_HOME";
    private static final int OLDEST = 11;
    private static final int NEWEST = 17;
    private static final List<String> HOMES_OF_17 =
            List.of("JAVA17_HOME", "JAVA_HOME_17", "JAVA_HOME_17_X64", "JAVA_HOME_17_ARM64");
    private static final List<Path> USUAL_PLACES =
            List.of(Path.of("/usr/lib/jvm"), Path.of("/opt/java"), Path.of("/Library/Java/JavaVirtualMachines"));

    private CassandraJava() {}

    static Path find() {
        return find(
                Optional.ofNullable(System.getProperty(PROPERTY)),
                System.getenv(),
                Path.of(System.getProperty("java.home")),
                Runtime.version().feature(),
                USUAL_PLACES);
    }

    static Path find(
            Optional<String> named,
            Map<String, String> environment,
            Path currentHome,
            int currentVersion,
            List<Path> usualPlaces) {
        if (named.isPresent()) {
            Path given = Path.of(named.get());
            return Platform.javaOf(given)
                    .or(() -> Optional.of(given).filter(file -> Files.isRegularFile(file) && Files.isExecutable(file)))
                    .orElseThrow(() -> new IllegalStateException(
                            PROPERTY + " = " + given + " is neither a Java home nor a java launcher"));
        }
        Optional<String> home = Optional.ofNullable(environment.get(HOME));
        if (home.isPresent()) {
            return Platform.javaOf(Path.of(home.get()))
                    .orElseThrow(() -> new IllegalStateException(HOME + " = " + home.get() + " is not a Java home"));
        }
        if (currentVersion >= OLDEST && currentVersion <= NEWEST) {
            return Platform.javaOf(currentHome).orElseThrow();
        }
        List<Path> homes = new ArrayList<>();
        HOMES_OF_17.forEach(
                name -> Optional.ofNullable(environment.get(name)).map(Path::of).ifPresent(homes::add));
        usualPlaces.forEach(place -> homes.addAll(candidates(place)));
        Optional.ofNullable(currentHome.toAbsolutePath().getParent())
                .ifPresent(place -> homes.addAll(candidates(place)));
        return homes.stream()
                .filter(hasVersion(NEWEST))
                .flatMap(candidate -> Platform.javaOf(candidate).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Cassandra 5.0 runs on Java 11 or 17, this is Java "
                        + currentVersion + " and no Java 17 was found; set the system property " + PROPERTY
                        + " or the environment variable " + HOME + " to the home of one"));
    }

    private static List<Path> candidates(Path place) {
        List<Path> homes = new ArrayList<>();
        for (Path child : Disk.children(place, "")) {
            homes.add(child);
            homes.add(child.resolve("Contents").resolve("Home"));
        }
        return homes;
    }

    /** By the release file of the home: a name like {@code java-17} is only a habit. */
    private static Predicate<Path> hasVersion(int feature) {
        return home -> {
            Optional<String> version = Optional.of(home.resolve("release"))
                    .filter(Files::isRegularFile)
                    .flatMap(Disk::readProperties)
                    .map(CassandraJava::version);
            return version.filter(text -> text.equals(Integer.toString(feature)) || text.startsWith(feature + "."))
                    .isPresent();
        };
    }

    private static String version(Properties release) {
        return release.getProperty("JAVA_VERSION", "").replace("\"", "");
    }
}
