package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.scheduler.store.StoreException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The rows of an answer of many pages, of which one is in memory at a time. Blocks, and throws {@link StoreException}, where the next page has to be asked for. */
final class Pages implements Iterator<Row> {
    private AsyncResultSet page;
    private Iterator<Row> rows;

    Pages(AsyncResultSet first) {
        page = first;
        rows = first.currentPage().iterator();
    }

    @Override
    public boolean hasNext() {
        while (!rows.hasNext() && page.hasMorePages()) {
            page = Answers.of(page.fetchNextPage());
            rows = page.currentPage().iterator();
        }
        return rows.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return rows.next();
    }
}
