package io.fencepost.history;

import java.util.List;

/** What an event must have so that checkers can rely on it. Operations that nobody knows may have anything. */
final class Required {
    private static final List<String> NO_FIELDS = List.of();

    private Required() {}

    static void check(Event event) {
        switch (event.process()) {
            case Op.STORE -> checkStore(event);
            case Op.NEMESIS -> checkId(event);
            case Op.RUNNER -> {
                if (event.op().equals(Op.PHASE)) {
                    checkText(event, Field.NAME);
                } else if (event.op().equals(Op.WORKER_KILLED)) {
                    checkText(event, Field.TARGET);
                }
            }
            default -> checkWorker(event);
        }
    }

    private static void checkWorker(Event event) {
        switch (event.op()) {
            case Op.ACQUIRE -> {
                checkId(event);
                if (event.type() == EventType.INVOKE) {
                    checkText(event, Field.LOCK);
                    checkNumbers(event, List.of(Field.TTL_MS));
                } else if (event.type() == EventType.OK) {
                    checkText(event, Field.LOCK);
                    checkNumbers(event, List.of(Field.TOKEN, Field.ATTEMPT, Field.VALID_UNTIL));
                } else if (event.type() == EventType.FAIL) {
                    checkText(event, Field.ERROR);
                }
            }
            case Op.RENEWED -> checkNumbers(event, List.of(Field.GRANT, Field.VALID_UNTIL, Field.ATTEMPT));
            case Op.LOST -> checkNumbers(event, List.of(Field.GRANT));
            case Op.RELEASE -> {
                checkId(event);
                if (event.type() == EventType.INVOKE) {
                    checkText(event, Field.LOCK);
                    checkNumbers(event, List.of(Field.GRANT));
                } else if (event.type() == EventType.OK) {
                    checkText(event, Field.OUTCOME);
                }
            }
            case Op.READ, Op.WRITE -> {
                checkId(event);
                if (event.type() == EventType.INVOKE) {
                    checkText(event, Field.LOCK);
                    checkNumbers(event, List.of(Field.GRANT, Field.TOKEN));
                } else if (event.type() == EventType.OK) {
                    checkNumbers(event, List.of(Field.VALUE));
                }
            }
            default -> {}
        }
    }

    private static void checkStore(Event event) {
        if (event.type() != EventType.OK
                || !(event.op().equals(Op.READ) || event.op().equals(Op.WRITE))) {
            return;
        }
        checkText(event, Field.LOCK);
        checkText(event, Field.BY);
        checkText(event, Field.FENCED);
        checkNumbers(event, List.of(Field.TOKEN, Field.GRANT));
        boolean acceptedWrite =
                event.op().equals(Op.WRITE) && event.text(Field.FENCED).equals(Word.ACCEPTED);
        checkNumbers(event, acceptedWrite ? List.of(Field.BASE, Field.VALUE) : NO_FIELDS);
    }

    private static void checkId(Event event) {
        if (event.id() < 0) {
            throw missing(event, "id");
        }
    }

    private static void checkText(Event event, String name) {
        if (!(event.value(name) instanceof String)) {
            throw missing(event, name);
        }
    }

    private static void checkNumbers(Event event, List<String> names) {
        for (String name : names) {
            if (!(event.value(name) instanceof Long)) {
                throw missing(event, name);
            }
        }
    }

    private static IllegalArgumentException missing(Event event, String name) {
        return new IllegalArgumentException("%s %s of %s needs '%s': %s"
                .formatted(event.op(), event.type().json(), event.process(), name, event.toJson()));
    }
}
