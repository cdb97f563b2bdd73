package io.fencepost.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as lines of JSON. Decoding shares names and texts between events and is not thread-safe; encoding is. */
final class EventCodec {
    private static final String NANOS = "t";
    private static final String PROCESS = "p";
    private static final String THREAD = "th";
    private static final String TYPE = "type";
    private static final String OP = "op";
    private static final String ID = "id";
    private static final JsonFactory JSON = new JsonFactory();

    private final Shape.Cache cache = new Shape.Cache();

    static boolean isCommon(String name) {
        return switch (name) {
            case NANOS, PROCESS, THREAD, TYPE, OP, ID -> true;
            default -> false;
        };
    }

    static String encode(Event event) {
        StringWriter text = new StringWriter(200);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField(NANOS, event.nanos());
            json.writeStringField(PROCESS, event.process());
            if (event.thread() != Event.NONE) {
                json.writeNumberField(THREAD, event.thread());
            }
            json.writeStringField(TYPE, event.type().json());
            json.writeStringField(OP, event.op());
            if (event.id() != Event.NONE) {
                json.writeNumberField(ID, event.id());
            }
            for (String name : event.names()) {
                json.writeFieldName(name);
                writeValue(json, event.value(name));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write an event", e);
        }
        return text.toString();
    }

    private static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof String string) {
            json.writeString(string);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.doubleValue());
        } else if (value instanceof Iterable<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                writeValue(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                writeValue(json, entry.getValue());
            }
            json.writeEndObject();
        } else {
            throw new IllegalArgumentException("a field is a number, text, truth value, list or map, not "
                    + value.getClass().getName());
        }
    }

    Event decode(String line, int number) throws HistoryFormatException {
        try (JsonParser json = JSON.createParser(line)) {
            return decode(json, number);
        } catch (IOException | IllegalArgumentException e) {
            throw malformed(number, e);
        }
    }

    Event decode(byte[] bytes, int from, int length, int number) throws HistoryFormatException {
        try (JsonParser json = JSON.createParser(bytes, from, length)) {
            return decode(json, number);
        } catch (IOException | IllegalArgumentException e) {
            throw malformed(number, e);
        }
    }

    private static HistoryFormatException malformed(int number, Exception e) {
        String message = e instanceof JsonProcessingException problem ? problem.getOriginalMessage() : e.getMessage();
        return new HistoryFormatException(number, "not an event: " + message, e);
    }

    private Event decode(JsonParser json, int line) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("no JSON object");
        }
        Long nanos = null;
        String process = null;
        String type = null;
        String op = null;
        int thread = Event.NONE;
        long id = Event.NONE;
        List<String> names = new ArrayList<>(8);
        List<@Nullable Object> values = new ArrayList<>(8);
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            switch (name) {
                case NANOS -> nanos = json.getLongValue();
                case PROCESS -> process = json.getText();
                case THREAD -> thread = json.getIntValue();
                case TYPE -> type = json.getText();
                case OP -> op = json.getText();
                case ID -> id = json.getLongValue();
                default -> {
                    names.add(name);
                    values.add(readValue(json));
                }
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw new IllegalArgumentException("not one JSON object");
        }
        if (nanos == null || process == null || type == null || op == null) {
            throw new IllegalArgumentException("t, p, type and op are needed");
        }
        Event.Builder event = Event.builder(EventType.of(type), op)
                .at(nanos)
                .process(process)
                .thread(thread)
                .id(id)
                .line(line);
        for (int i = 0; i < names.size(); i++) {
            event.with(names.get(i), values.get(i));
        }
        return event.build(cache);
    }

    private static @Nullable Object readValue(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            throw new IllegalArgumentException("a value is missing");
        }
        return switch (token) {
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_STRING -> json.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case START_ARRAY -> readList(json);
            case START_OBJECT -> readMap(json);
            default -> null;
        };
    }

    private static List<@Nullable Object> readList(JsonParser json) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(readValue(json));
        }
        return Collections.unmodifiableList(list);
    }

    private static Map<String, @Nullable Object> readMap(JsonParser json) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            map.put(name, readValue(json));
        }
        return Collections.unmodifiableMap(map);
    }
}
