package io.fencepost.scenarios.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scenarios.check.GrantRecord;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Every recorded grant of one provider, one a row, compressed: {@code
 * scenario,lock,process,thread,token,called_ns,attempt_ns,granted_ns,released_ns,valid_until_ns}. Instants are nanoseconds of the machine's monotonic clock;
 * {@code released_ns} is empty if the holder was killed. Not thread-safe.
 */
public final class GrantFile implements AutoCloseable {
    private final CSVPrinter printer;

    /**
     * Creates the file, with its header.
     *
     * @throws java.nio.file.FileAlreadyExistsException if it is there
     */
    public GrantFile(Path file) throws IOException {
        Writer writer = new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)), UTF_8);
        printer = new CSVPrinter(
                writer, CSVFormat.RFC4180.builder().setRecordSeparator('\n').get());
        printer.printRecord(
                "scenario",
                "lock",
                "process",
                "thread",
                "token",
                "called_ns",
                "attempt_ns",
                "granted_ns",
                "released_ns",
                "valid_until_ns");
    }

    /** Adds rows. */
    public void append(Collection<GrantRecord> grants) throws IOException {
        for (GrantRecord grant : grants) {
            printer.printRecord(
                    grant.scenario(),
                    grant.lock(),
                    grant.process(),
                    grant.thread(),
                    grant.token(),
                    grant.calledNanos(),
                    grant.attemptNanos(),
                    grant.grantedNanos(),
                    grant.releasedNanos() == GrantRecord.NEVER ? "" : Long.toString(grant.releasedNanos()),
                    grant.validUntilNanos());
        }
    }

    @Override
    public void close() throws IOException {
        printer.close();
    }
}
