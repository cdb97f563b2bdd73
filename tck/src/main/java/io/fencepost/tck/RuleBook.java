package io.fencepost.tck;

/** A chapter of rules: one test method a rule. */
interface RuleBook {
    /** What the rules of one run share. */
    TckContext tck();
}
