package io.fencepost.scheduler.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.scheduler.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PagesTest {
    private final List<Integer> asked = new ArrayList<>();

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Row row(String job) {
        return fake(Row.class, (proxy, method, arguments) -> job);
    }

    /** A page for each list, from that number on; the answer to the last request is a fault if there is none. */
    private AsyncResultSet page(int number, List<List<String>> pages, boolean more) {
        return fake(AsyncResultSet.class, (proxy, method, arguments) -> {
            asked.add(number);
            return switch (method.getName()) {
                case "currentPage" ->
                    pages.get(number).stream().map(PagesTest::row).toList();
                case "hasMorePages" -> more || number + 1 < pages.size();
                case "fetchNextPage" ->
                    number + 1 < pages.size()
                            ? CompletableFuture.completedFuture(page(number + 1, pages, more))
                            : CompletableFuture.failedFuture(new DriverTimeoutException("no answer"));
                default -> throw new UnsupportedOperationException(method.getName());
            };
        });
    }

    private static String next(Pages pages) {
        return String.valueOf(pages.next().getString("job"));
    }

    @Test
    void aPageIsAskedForWhenTheRowsOfTheOneBeforeAreTaken() {
        Pages pages = new Pages(page(0, List.of(List.of("a", "b"), List.of(), List.of("c")), false));
        assertThat(next(pages)).isEqualTo("a");
        assertThat(next(pages)).isEqualTo("b");
        assertThat(asked).containsOnly(0);
        assertThat(next(pages)).isEqualTo("c");
        assertThat(pages.hasNext()).isFalse();
        assertThatThrownBy(pages::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aPageThatDoesNotComeIsAFaultAndNotTheEnd() {
        Pages pages = new Pages(page(0, List.of(List.of("a")), true));
        assertThat(next(pages)).isEqualTo("a");
        assertThatThrownBy(pages::hasNext).isInstanceOf(StoreException.class).hasMessageContaining("no answer");
    }
}
