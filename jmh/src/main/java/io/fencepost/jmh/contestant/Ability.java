package io.fencepost.jmh.contestant;

/** What a contestant can do beyond taking a lock and giving it back. A benchmark that needs more is not run for it. */
public enum Ability {
    /** {@link Contestant#acquire} waits for the holder, by whatever means. */
    WAITS("it cannot wait for a holder"),
    /** {@link Hold#renew} extends a hold. */
    RENEWS("it cannot renew"),
    /** {@link Hold#token} tells a fencing token, which must grow from hold to hold of one lock. */
    TOKENS("it has no fencing tokens");

    private final String lack;

    Ability(String lack) {
        this.lack = lack;
    }

    /** What is wrong with a contestant that has it not, as a clause. */
    public String lack() {
        return lack;
    }
}
