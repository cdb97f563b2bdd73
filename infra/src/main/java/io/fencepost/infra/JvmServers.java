package io.fencepost.infra;

/** What the servers that run on Java have in common. */
final class JvmServers {

    private JvmServers() {}

    /** A logback configuration that prints to standard output, which is the node's log. */
    static String logback(String level) {
        return """
                <configuration>
                  <appender name="log" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder>
                      <pattern>%d{ISO8601} %-5level [%thread] %logger{20} - %msg%n</pattern>
                    </encoder>
                  </appender>
                  <root level="LEVEL">
                    <appender-ref ref="log"/>
                  </root>
                </configuration>
                """.replace("LEVEL", level);
    }
}
