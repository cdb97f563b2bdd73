package io.fencepost.infra;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A process that cannot be mistaken for a later one with the same id.
 *
 * @param pid the process id
 * @param birth when it started, in a form that only compares: boot id and clock ticks on Linux, an instant elsewhere
 */
record ProcessIdentity(long pid, String birth) {

    private static final Path PROC = Path.of("/proc");
    private static final boolean HAS_PROC = Files.isReadable(PROC.resolve("self/stat"));
    private static final String BOOT_ID = readBootId();
    private static final int STATE = 0;
    private static final int START_TICKS = 19;

    /** The process with this id, if there is one; a zombie is none. */
    static Optional<ProcessIdentity> of(long pid) {
        if (HAS_PROC) {
            return stat(PROC.resolve(Long.toString(pid)).resolve("stat"))
                    .filter(fields -> !isGone(fields[STATE]))
                    .map(fields -> new ProcessIdentity(pid, BOOT_ID + ":" + fields[START_TICKS]));
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(handle -> handle.info().startInstant())
                .map(start -> new ProcessIdentity(pid, start.toString()));
    }

    static ProcessIdentity ofThisProcess() {
        return of(ProcessHandle.current().pid()).orElseThrow();
    }

    static ProcessIdentity parse(String text) {
        int split = text.indexOf(' ');
        if (split < 0) {
            throw new IllegalArgumentException("not a process identity: " + text);
        }
        return new ProcessIdentity(Long.parseLong(text.substring(0, split)), text.substring(split + 1));
    }

    /** The form that {@link #parse(String)} reads. */
    String format() {
        return pid + " " + birth;
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    NodeState state() {
        if (!isAlive()) {
            return NodeState.DEAD;
        }
        boolean stopped = HAS_PROC ? allThreadsStopped() : psState().startsWith("T");
        return stopped ? NodeState.PAUSED : NodeState.RUNNING;
    }

    /** Sends SIGKILL; does nothing if the process is gone. */
    void kill() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Sends a signal that Java has no call for, by the shell's own kill. */
    void signal(String name) {
        if (!isAlive()) {
            throw new IllegalStateException("process " + pid + " is gone");
        }
        run("kill -" + name + " " + pid);
    }

    /** Whether every thread of it has ended, and with the last one its sockets; on Linux. */
    boolean hasNoThreads() {
        if (isAlive()) {
            return false;
        }
        Path tasks = PROC.resolve(Long.toString(pid)).resolve("task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                Optional<String[]> fields = stat(thread.resolve("stat"));
                if (fields.filter(found -> !isGone(found[STATE])).isPresent()) {
                    return isOfAnotherProcess();
                }
            }
            return true;
        } catch (IOException e) {
            return true;
        }
    }

    private boolean isOfAnotherProcess() {
        return of(pid).isPresent();
    }

    private boolean allThreadsStopped() {
        Path tasks = PROC.resolve(Long.toString(pid)).resolve("task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                Optional<String[]> fields = stat(thread.resolve("stat"));
                if (fields.isPresent() && !isStopped(fields.get()[STATE]) && !isGone(fields.get()[STATE])) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String psState() {
        return run("ps -o state= -p " + pid).trim();
    }

    private static boolean isGone(String state) {
        return state.equals("Z") || state.equals("X");
    }

    private static boolean isStopped(String state) {
        return state.equals("T") || state.equals("t");
    }

    /** The fields after the command's name, which may itself contain spaces and parentheses. */
    static String[] afterCommand(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static Optional<String[]> stat(Path file) {
        try {
            return Optional.of(afterCommand(Files.readString(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String readBootId() {
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).trim();
        } catch (IOException e) {
            return "unknown-boot";
        }
    }

    private static String run(String command) {
        try {
            Process shell = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(shell.getInputStream().readAllBytes(), Waiting.CONSOLE);
            if (!shell.waitFor(10, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException("cannot run: " + command, e);
        } catch (InterruptedException e) {
            throw Waiting.interrupted(command, e);
        }
    }
}
