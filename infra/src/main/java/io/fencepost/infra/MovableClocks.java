package io.fencepost.infra;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the wall clocks of servers can be moved on this machine: {@link ClusterSpec#withMovableClocks()},
 * {@link ServerNode#moveClock}.
 *
 * <p>It is done by a small library of our own, preloaded into the server, which adds an offset to what the C library says of
 * the wall clock. Its source is in this module's archive; it is compiled once for each checkout by the C compiler of the path,
 * {@code cc} or {@code gcc}. The monotonic clock stays as it is. So does waiting until a moment of the wall clock, which the
 * kernel does by its own clock.
 */
public final class MovableClocks {

    private static final String SOURCE = "movable-clock.c";

    /** What the library reads, and the status with which it ends a process that has no usable offset: see the source. */
    private static final String FILE_VARIABLE = "FENCEPOST_CLOCK_FILE";

    private static final int UNUSABLE = 112;
    private static final String PRELOAD = "LD_PRELOAD";

    private final String system;
    private final Optional<Path> compiler;
    private final Path folder;

    /**
     * For any machine.
     *
     * @param system the name of its operating system
     * @param compiler its C compiler
     * @param folder where the compiled library is kept
     */
    MovableClocks(String system, Optional<Path> compiler, Path folder) {
        this.system = system;
        this.compiler = compiler;
        this.folder = folder;
    }

    static MovableClocks of(Checkout checkout) {
        return new MovableClocks(
                System.getProperty("os.name"),
                Platform.onSearchPath("cc").or(() -> Platform.onSearchPath("gcc")),
                checkout.workFolder().resolve("bin"));
    }

    /**
     * Why the clocks of no server can be moved on this machine, such as {@code no C compiler (cc, gcc) on the path}; empty if
     * they can. Compiles the library on the first call, and tries it with a Java of its own; blocks for a second or less.
     *
     * @throws IllegalStateException outside a checkout
     */
    public static Optional<String> unavailable() {
        return of(Checkout.find()).unavailableIn(Platform.currentJava());
    }

    /**
     * As {@link #unavailable()}, for the servers of one kind: their program may be one that no library can be loaded into.
     *
     * @throws IllegalStateException outside a checkout, or if the class path of the servers is not resolved
     */
    public static Optional<String> unavailable(ClusterKind kind) {
        Checkout checkout = Checkout.find();
        return of(checkout).unavailableIn(ServerType.of(kind, checkout).executable());
    }

    /** Why the clock of this program cannot be moved, found out by starting it without a usable offset. */
    Optional<String> unavailableIn(Path executable) {
        if (!system.equals("Linux")) {
            return Optional.of("this is not Linux but " + system);
        }
        if (folder.toString().matches(".*[\\s:].*")) {
            return Optional.of(
                    "a preloaded library cannot be in " + folder + ": spaces and colons separate such libraries");
        }
        try {
            Path library = library();
            Programs.Result result = Programs.run(
                    Map.of(PRELOAD, library.toString(), FILE_VARIABLE, ""),
                    List.of(executable.toString(), "--version"));
            return result.status() == UNUSABLE
                    ? Optional.empty()
                    : Optional.of(executable + " does not load " + library
                            + "; it is statically linked, or for another C" + " library than that of the compiler: "
                            + result.output().trim());
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What a process needs in its environment so that its clock has the offset of this file, which it creates. */
    Map<String, String> environment(ClockFile clock) {
        String library = library().toString();
        String others = Optional.ofNullable(System.getenv(PRELOAD)).orElse("");
        clock.offset();
        return Map.of(
                PRELOAD,
                others.isBlank() ? library : library + ":" + others,
                FILE_VARIABLE,
                clock.path().toString());
    }

    private Path library() {
        String source = source();
        // named after its source, so that a folder that outlives a change of it is no trap
        Path library = folder.resolve("movable-clock-" + System.getProperty("os.arch") + "-"
                + Integer.toHexString(source.hashCode()) + ".so");
        if (!Files.exists(library)) {
            compile(source, library);
        }
        return library;
    }

    private void compile(String source, Path library) {
        Path cc = compiler.orElseThrow(() -> new IllegalStateException("no C compiler (cc, gcc) on the path"));
        Disk.createFolders(folder);
        try {
            // another JVM may be compiling the same: each has its own draft, and the last rename wins
            Path draft = Files.createTempDirectory(folder, "movable-clock");
            try {
                Path sourceFile = draft.resolve(SOURCE);
                Path compiled = draft.resolve("movable-clock.so");
                Disk.write(sourceFile, source);
                Programs.Result result = Programs.run(
                        Map.of(),
                        List.of(
                                cc.toString(),
                                "-O2",
                                "-shared",
                                "-fPIC",
                                "-o",
                                compiled.toString(),
                                sourceFile.toString(),
                                "-ldl"));
                if (result.status() != 0) {
                    throw new IllegalStateException(cc + " does not compile " + SOURCE + ": " + result.output());
                }
                Files.move(compiled, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Disk.deleteTree(draft);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot compile into " + folder, e);
        }
    }

    private static String source() {
        try (InputStream stream = MovableClocks.class.getResourceAsStream(SOURCE)) {
            if (stream == null) {
                throw new IllegalStateException(SOURCE + " is missing beside " + MovableClocks.class);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + SOURCE, e);
        }
    }
}
