package io.fencepost.scenarios.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Commands and events as lines of JSON. Thread-safe. */
final class Wire {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final ObjectWriter COMMAND_WRITER = MAPPER.writerFor(Command.class);
    private static final ObjectReader COMMAND_READER = MAPPER.readerFor(Command.class);
    private static final ObjectWriter EVENT_WRITER = MAPPER.writerFor(Event.class);
    private static final ObjectReader EVENT_READER = MAPPER.readerFor(Event.class);

    private Wire() {}

    static String encode(Command command) {
        return encode(COMMAND_WRITER, command);
    }

    static String encode(Event event) {
        return encode(EVENT_WRITER, event);
    }

    private static String encode(ObjectWriter writer, Object message) {
        try {
            return writer.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + message, e);
        }
    }

    /** @throws IOException if the line is none of the commands */
    static Command command(String line) throws IOException {
        return COMMAND_READER.readValue(line);
    }

    /** @throws IOException if the line is none of the events */
    static Event event(String line) throws IOException {
        return EVENT_READER.readValue(line);
    }
}
