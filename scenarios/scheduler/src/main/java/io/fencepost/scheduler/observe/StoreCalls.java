package io.fencepost.scheduler.observe;

import io.fencepost.scheduler.store.JobStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A store with something done around its calls. By a proxy, so that a new method of stores is not forgotten here. */
final class StoreCalls {
    private StoreCalls() {}

    /** What is done around a call. */
    interface Around {
        @Nullable
        Object call(Method method, @Nullable Object[] arguments, Call call) throws Throwable;
    }

    /** The call itself. */
    interface Call {
        /** @throws Throwable what the store throws */
        @Nullable
        Object proceed() throws Throwable;
    }

    static JobStore around(JobStore store, Around around) {
        Object proxy = Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (self, method, given) -> {
                    @Nullable Object[] arguments = given == null ? new Object[0] : given;
                    Call call = () -> invoke(store, method, arguments);
                    return method.getDeclaringClass() == Object.class
                            ? call.proceed()
                            : around.call(method, arguments, call);
                });
        return (JobStore) proxy;
    }

    private static @Nullable Object invoke(JobStore store, Method method, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
