package io.fencepost.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file that is one JSON object; whatever is otherwise is refused, with its place. */
final class JsonFile {
    private JsonFile() {}

    /** @param shown how the file is called in messages */
    static JsonNode read(Path file, String shown) throws IOException {
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readString(file));
            if (!root.isObject()) {
                throw new ResultsFormatException(shown + ", line 1, column 1: not a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : ", line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new ResultsFormatException(shown + place + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw new ResultsFormatException(shown + ": not UTF-8", e);
        }
    }
}
