package io.fencepost.history.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ColumnTest {
    private static String json(@Nullable Object... values) {
        return new Column(new ArrayList<>(Arrays.asList(values))).toJson();
    }

    @Test
    void oneValueIsWrittenOnce() {
        assertThat(json("a", "a", "a")).isEqualTo("{\"c\":\"a\"}");
    }

    @Test
    void fewValuesAreCharacters() {
        assertThat(json("released", "not_held", "released", null, "released", "released", "released"))
                .isEqualTo("{\"n\":[\"released\",\"not_held\",null],\"i\":\"ABACAAA\"}");
    }

    @Test
    void growingNumbersAreDifferences() {
        assertThat(Column.of(100_001, 100_003, 100_004, 100_009).toJson()).isEqualTo("{\"d\":[100001,2,1,5]}");
    }

    @Test
    void numbersThatGrowWithinGroupsAreDifferencesThere() {
        List<@Nullable Object> values = new ArrayList<>();
        for (long i = 1; i <= 100; i++) {
            values.add(i * 17_000);
            values.add(i);
        }
        assertThat(new Column(values).groupedBy("process", i -> i % 2).toJson())
                .startsWith("{\"d\":[17000,1,17000,1,")
                .endsWith("],\"by\":\"process\"}");
    }

    @Test
    void textsThatRarelyRepeatAreWrittenAsTheyAre() {
        assertThat(json("one", "two")).isEqualTo("{\"v\":[\"one\",\"two\"]}");
    }

    @Test
    void nothingInItEndsOrCommentsAScriptElement() {
        assertThat(json("</script>", "<!--", "\u2028")).doesNotContain("<").doesNotContain("\u2028");
    }

    @Test
    void instantsAreMarked() {
        assertThat(Column.of(1, 1).ofInstants().toJson()).isEqualTo("{\"c\":1,\"t\":1}");
    }
}
