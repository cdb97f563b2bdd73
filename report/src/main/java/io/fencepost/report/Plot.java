package io.fencepost.report;

/** A picture with its words. */
interface Plot {
    String title();

    /** How to read it. */
    String caption();

    void draw(Markup out);
}
