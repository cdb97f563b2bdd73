package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a row says, where not every answer has every column. A condition on a row that does not exist is answered by {@code [applied]} alone. */
final class Columns {
    private Columns() {}

    static @Nullable Long number(Row row, String column) {
        return has(row, column) ? row.get(column, Long.class) : null;
    }

    static @Nullable UUID uuid(Row row, String column) {
        return has(row, column) ? row.getUuid(column) : null;
    }

    static @Nullable String text(Row row, String column) {
        return has(row, column) ? row.getString(column) : null;
    }

    static Map<String, String> map(Row row, String column) {
        Map<String, String> map = has(row, column) ? row.getMap(column, String.class, String.class) : null;
        return map == null ? Map.of() : map;
    }

    static boolean has(Row row, String column) {
        return row.getColumnDefinitions().contains(column);
    }
}
