package io.fencepost.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README compiles as it stands there, and does what the README says. */
class ReadmeTest {
    @Test
    void theExampleCompilesAndWritesWithAToken(@TempDir Path folder) throws Exception {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(block.find()).as("a java block in the README").isTrue();
        String example = block.group(1);
        assertThat(example.lines().count()).isLessThanOrEqualTo(20);
        Path source = Files.writeString(folder.resolve("Orders.java"), example);

        StringWriter messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    folder.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "-proc:none"),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as("%s", messages).isTrue();
        }

        List<Object> written = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> orders = loader.loadClass("Orders");
            Class<?> storeType = loader.loadClass("Orders$Store");
            Object store = Proxy.newProxyInstance(loader, new Class<?>[] {storeType}, (proxy, method, arguments) -> {
                written.addAll(List.of(arguments));
                return null;
            });
            run(orders.getDeclaredMethod("process", String.class, storeType), store);
        }
        assertThat(written).hasSize(2);
        assertThat(written.get(0)).isEqualTo("42");
        assertThat(written.get(1)).isInstanceOf(FencingToken.class);
    }

    private static void run(Method process, Object store) throws IllegalAccessException, InvocationTargetException {
        process.setAccessible(true);
        process.invoke(null, "42", store);
    }
}
