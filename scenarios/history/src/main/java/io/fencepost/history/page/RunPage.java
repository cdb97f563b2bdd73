package io.fencepost.history.page;

import io.fencepost.history.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The page of a run: its verdict, what the checkers found, a timeline of who held which lock when, and every operation.
 *
 * <p>The page is one file that loads nothing. Without JavaScript it still has verdict, findings and tables.
 */
public final class RunPage {
    private RunPage() {}

    /**
     * Writes {@code page.html} from {@code run.json}, {@code history.jsonl.gz} and, if the run was judged, {@code verdict.json}. A page that was there is replaced.
     *
     * @return the file
     * @throws IOException if one of them cannot be read, or the page not be written
     */
    public static Path write(Path runFolder) throws IOException {
        return write(runFolder, Rows.MOST);
    }

    static Path write(Path runFolder, int mostRows) throws IOException {
        RunFolder folder = new RunFolder(runFolder);
        String page = new RunPageWriter(RunContent.of(folder, mostRows)).write();
        return Files.writeString(folder.page(), page);
    }
}
