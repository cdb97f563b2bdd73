package io.fencepost.history.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Expectation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexPageTest {
    @TempDir
    private Path folder;

    private static String words(String page) {
        return page.replaceAll("(?s)<style.*?</style>", " ")
                .replaceAll("<[^>]*>", " ")
                .replaceAll("\\s+", " ");
    }

    @Test
    void showsScenariosByProvidersWithVerdictExposureAndLinks() throws IOException {
        Path bad = folder.resolve("2026 run #1/S10 redlock");
        MadeUpRun.seed(1).scenario("S10 waiter storm", "redlock").overlap().judged(bad);
        RunPage.write(bad);
        Path good = folder.resolve("b");
        MadeUpRun.seed(2).scenario("S2 kill-holder", "cassandra").judged(good);
        RunPage.write(good);
        MadeUpRun.seed(3)
                .scenario("S7 clock jump", "redlock")
                .doubleHolder(Expectation.EXPECTED)
                .judged(folder.resolve("c"));
        MadeUpRun.seed(4).scenario("S2 kill-holder", "zookeeper").unjudged(folder.resolve("d"));
        String page = Files.readString(IndexPage.write(folder));

        assertThat(words(page))
                .contains("runs 4 ✓ valid 1 ? unknown 1 ✗ invalid 1 – not judged 1")
                .contains("scenario cassandra redlock zookeeper")
                .contains("1 double holder (seen although it is forbidden)")
                .contains("0 double holder (less than expected)")
                .contains("not run");
        assertThat(page.indexOf("S2 kill-holder")).isLessThan(page.indexOf("S10 waiter storm"));
        assertThat(page)
                .contains("href=\"2026%20run%20%231/S10%20redlock/page.html\"")
                .contains("href=\"b/page.html\"")
                .doesNotContain("href=\"c/page.html\"")
                .contains("script-src &#39;none&#39;");
    }

    @Test
    void aRunThatCannotBeReadIsListedAndHidesNoOther() throws IOException {
        MadeUpRun.seed(1).judged(folder.resolve("good"));
        Files.createDirectories(folder.resolve("bad"));
        Files.writeString(folder.resolve("bad/run.json"), "{\"scenario\":");
        String page = words(Files.readString(IndexPage.write(folder)));
        assertThat(page).contains("Not readable bad: ").contains("S12 mix");
    }

    @Test
    void anEmptyFolderSaysSo() throws IOException {
        assertThat(words(Files.readString(IndexPage.write(folder)))).contains("There is no run in this folder.");
    }

    @Test
    void namesOfOthersNeverBecomeMarkup() throws IOException {
        MadeUpRun.seed(1).scenario("<script>alert(1)</script>", "\"><img>").judged(folder.resolve("a"));
        assertThat(Files.readString(IndexPage.write(folder)))
                .doesNotContain("<script")
                .doesNotContain("<img")
                .contains("&lt;script&gt;alert(1)");
    }
}
