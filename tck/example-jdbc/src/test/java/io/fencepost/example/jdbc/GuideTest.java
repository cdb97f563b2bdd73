package io.fencepost.example.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** WRITE-A-PROVIDER.md quotes this module as it is, and names rules that exist. */
class GuideTest {
    private static final Path GUIDE = Path.of("..", "WRITE-A-PROVIDER.md");
    private static final Pattern CODE = Pattern.compile(
            "(?:<!-- from (?<source>\\S+) -->\n)?^```(?<language>\\w+)\n(?<code>.*?)^```$",
            Pattern.DOTALL | Pattern.MULTILINE);

    @Test
    void quotedCodeStandsInTheSource() throws IOException {
        List<String> sources = new ArrayList<>();
        Matcher block = CODE.matcher(Files.readString(GUIDE));
        while (block.find()) {
            String language = block.group("language");
            if (language.equals("java") || language.equals("xml")) {
                String source = block.group("source");
                assertThat(source)
                        .as("where this comes from:%n%s", block.group("code"))
                        .isNotNull();
                assertThat(normal(Files.readString(Path.of(source)))).as(source).contains(normal(block.group("code")));
                sources.add(source);
            }
        }
        assertThat(sources)
                .anyMatch(source -> source.endsWith("JdbcLockBackend.java"))
                .anyMatch(source -> source.endsWith("JdbcLockProvider.java"))
                .anyMatch(source -> source.endsWith("JdbcTckIT.java"))
                .anyMatch(source -> source.endsWith("pom.xml"));
    }

    /** Indentation is the guide's own, and so are versions, which this module has from its parent. */
    private static String normal(String code) {
        return code.replaceAll("<version>.*?</version>", "")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void namedRulesExist() throws IOException {
        String spec = Files.readString(Path.of("..", "SPEC.md"));
        Matcher rule = Pattern.compile("\\b\\d{1,2}\\.\\d\\b")
                .matcher(CODE.matcher(Files.readString(GUIDE)).replaceAll(""));
        List<String> named =
                rule.results().map(found -> found.group()).distinct().toList();
        assertThat(named)
                .hasSizeGreaterThan(10)
                .allSatisfy(id -> assertThat(spec).contains("\n### " + id + " "));
    }

    @Test
    void theExampleStaysShort() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            long lines = 0;
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                lines += Files.readAllLines(source).size();
            }
            assertThat(lines).as("lines of the example").isLessThan(250);
        }
    }

    @Test
    void theGuideStaysShort() throws IOException {
        assertThat(Files.readAllLines(GUIDE)).hasSizeLessThanOrEqualTo(200);
    }
}
