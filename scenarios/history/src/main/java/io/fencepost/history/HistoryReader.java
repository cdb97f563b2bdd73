package io.fencepost.history;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a file of events, compressed or not, also one whose writer died in the middle of a line or of the compression. */
final class HistoryReader {
    private static final int BUFFER = 1 << 16;
    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;

    private final EventCodec codec = new EventCodec();
    private final List<Event> events = new ArrayList<>();
    private final List<History.Problem> problems = new ArrayList<>();
    private @Nullable HistoryFormatException malformed;
    private int line;

    private HistoryReader() {}

    static History read(Path file) throws IOException {
        HistoryReader reader = new HistoryReader();
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            reader.readFrom(raw);
        }
        return new History(reader.events, reader.problems);
    }

    private void readFrom(InputStream raw) throws IOException {
        raw.mark(2);
        boolean compressed = raw.read() == GZIP_MAGIC_1 && raw.read() == GZIP_MAGIC_2;
        raw.reset();
        boolean complete;
        if (compressed) {
            try (InputStream in = new GZIPInputStream(raw, BUFFER)) {
                complete = readLines(in);
            } catch (EOFException e) {
                complete = false;
            }
        } else {
            complete = readLines(raw);
        }
        if (malformed != null) {
            problems.add(new History.Problem(malformed.line(), "the last line is not complete and was skipped"));
        } else if (!complete) {
            problems.add(new History.Problem(line, "the file ends in the middle: its writer was not closed"));
        }
    }

    /** @return whether the stream ended where its format lets it end */
    private boolean readLines(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        boolean complete = true;
        while (true) {
            int count;
            try {
                count = in.read(buffer);
            } catch (EOFException e) {
                complete = false;
                count = -1;
            }
            if (count < 0) {
                break;
            }
            int from = 0;
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    if (rest.size() == 0) {
                        accept(buffer, from, i - from);
                    } else {
                        rest.write(buffer, from, i - from);
                        byte[] whole = rest.toByteArray();
                        rest.reset();
                        accept(whole, 0, whole.length);
                    }
                    from = i + 1;
                }
            }
            rest.write(buffer, from, count - from);
        }
        if (rest.size() > 0) {
            byte[] last = rest.toByteArray();
            accept(last, 0, last.length);
        }
        return complete;
    }

    private void accept(byte[] bytes, int from, int length) throws HistoryFormatException {
        line++;
        if (isBlank(bytes, from, length)) {
            return;
        }
        if (malformed != null) {
            throw malformed;
        }
        try {
            events.add(codec.decode(bytes, from, length, line));
        } catch (HistoryFormatException e) {
            malformed = e;
        }
    }

    private static boolean isBlank(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
