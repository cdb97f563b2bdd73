package io.fencepost.report;

import java.util.List;

/** A piece of a document. The same blocks become Markdown and HTML, so that the two cannot tell different stories. */
sealed interface Block {
    /** @param level 1 for the title */
    record Heading(int level, String text) implements Block {}

    record Paragraph(Text text) implements Block {}

    record Bullets(List<Text> items) implements Block {}

    /** Commands, to be copied. */
    record Code(List<String> lines) implements Block {}

    /**
     * The first column names its row.
     *
     * @param numeric whether the other columns are set to the right
     */
    record Table(List<String> head, List<List<Text>> rows, boolean numeric) implements Block {}

    /** A plot; Markdown leaves it out. */
    record Figure(Plot plot) implements Block {}

    enum Tone {
        PLAIN,
        /** What was hoped for. */
        GOOD,
        /** What must be seen: something is missing or not as wished. */
        ALARM,
        /** What no lock may do; the only use of the colour of faults outside the plots. */
        VIOLATION,
        /** What may be overlooked. */
        MUTED
    }

    /**
     * @param text what is said
     * @param small what is added in small print; may be empty
     */
    record Text(String text, String small, Tone tone) {
        static Text plain(String text) {
            return new Text(text, "", Tone.PLAIN);
        }

        static Text good(String text) {
            return new Text(text, "", Tone.GOOD);
        }

        static Text alarm(String text) {
            return new Text(text, "", Tone.ALARM);
        }

        static Text violation(String text) {
            return new Text(text, "", Tone.VIOLATION);
        }

        static Text muted(String text) {
            return new Text(text, "", Tone.MUTED);
        }

        Text withSmall(String addition) {
            return new Text(text, addition, tone);
        }
    }
}
