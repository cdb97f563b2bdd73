package io.fencepost.history.check;

/**
 * An expectation of the run, and what was seen of it.
 *
 * @param name {@code double_holder}, {@code token_regression} or {@code twin_losses}
 * @param expected {@code forbidden}, {@code allowed} or {@code expected}
 * @param seen how often it was seen
 * @param verdict valid if they agree, unknown if less was seen than expected, invalid if what is forbidden was seen
 * @param note in words, or an empty text
 */
public record Expected(String name, String expected, long seen, Result verdict, String note) {}
