package io.fencepost.scheduler.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version that the manifest of the JAR tells. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(SchedulerMain.class.getPackage().getImplementationVersion())
                .orElse("(unpacked classes)");
        return new String[] {"fencepost-scheduler " + version, "java " + System.getProperty("java.runtime.version")};
    }
}
