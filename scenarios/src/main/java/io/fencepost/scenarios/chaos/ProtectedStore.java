package io.fencepost.scenarios.chaos;

import io.fencepost.history.Field;
import io.fencepost.history.Op;
import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import java.util.HashMap;
import java.util.Map;

/**
 * What the locks protect: a number for each lock, in two copies. One accepts a read or a write only with a token that is not below the greatest it has seen; a read
 * counts as seen too, since an update whose reading was overtaken is as stale as its writing. The other takes everything, and shows what would have
 * been lost. Every update adds one to what its writer had read. Thread-safe.
 */
final class ProtectedStore {
    private final Recorder recorder;
    private final Map<String, Cell> cells = new HashMap<>();

    private static final class Cell {
        private long greatestToken = Long.MIN_VALUE;
        private long value;
        private long twinValue;
        private long twinUpdates;

        private boolean accepts(long token) {
            if (token < greatestToken) {
                return false;
            }
            greatestToken = token;
            return true;
        }
    }

    ProtectedStore(Recorder recorder) {
        this.recorder = recorder;
    }

    /** Does what a holder asks, and records it, as one step. */
    synchronized Command.StoreAnswer handle(String worker, Event.StoreAsked asked) {
        Cell cell = cells.computeIfAbsent(asked.lock(), lock -> new Cell());
        long now = System.nanoTime();
        boolean accepted = cell.accepts(asked.token());
        Map<String, Object> fields = new HashMap<>(Map.of(
                Field.LOCK,
                asked.lock(),
                Field.TOKEN,
                asked.token(),
                Field.BY,
                worker,
                Field.GRANT,
                asked.grant(),
                Field.FENCED,
                accepted ? "accepted" : "refused"));
        if (asked.op().equals(Op.WRITE)) {
            fields.put(Field.BASE, asked.base());
            fields.put(Field.TWIN_BASE, asked.twinBase());
            fields.put(Field.TWIN_LOST, cell.twinUpdates - asked.twinUpdates());
            if (accepted) {
                cell.value = asked.base() + 1;
            }
            cell.twinValue = asked.twinBase() + 1;
            cell.twinUpdates++;
        }
        fields.put(Field.VALUE, cell.value);
        fields.put(Field.TWIN_VALUE, cell.twinValue);
        recorder.store(now, asked.op(), fields);
        return new Command.StoreAnswer(asked.request(), accepted, cell.value, cell.twinValue, cell.twinUpdates);
    }
}
