package dev.alluvium.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Columns that LakeSync's own writer declares as booleans and stores as 0 and 1: a key of the footer lists them. Columns
 * that are booleans in the file already are left alone.
 */
record BooleanColumns(Set<String> names) {
    static final String KEY = "lakesync:bool_columns";

    private static final JsonFactory JSON = new JsonFactory();

    BooleanColumns {
        names = Set.copyOf(names);
    }

    /** Throws an IllegalArgumentException if the key is there and holds no list of names. */
    static BooleanColumns of(Map<String, String> footer) {
        String list = footer.get(KEY);
        Set<String> names = new TreeSet<>();
        if (list != null) {
            try (JsonParser json = JSON.createParser(list)) {
                require(json.nextToken() == JsonToken.START_ARRAY, list);
                while (json.nextToken() == JsonToken.VALUE_STRING) {
                    names.add(json.getText());
                }
                require(json.currentToken() == JsonToken.END_ARRAY, list);
            } catch (IOException e) {
                throw new IllegalArgumentException(KEY + " is no list of names: " + list, e);
            }
        }
        return new BooleanColumns(names);
    }

    private static void require(boolean isSo, String list) {
        if (!isSo) {
            throw new IllegalArgumentException(KEY + " is no list of names: " + list);
        }
    }

    /** Puts booleans in place of the numbers of a row, which it changes. */
    @Nullable
    Map<String, @Nullable Object> restore(@Nullable Map<String, @Nullable Object> row) throws IOException {
        if (row == null) {
            return null;
        }
        for (String name : names) {
            if (row.get(name) instanceof Integer number) {
                if (number != 0 && number != 1) {
                    throw new IOException("column " + name + " is declared as a boolean and holds " + number);
                }
                row.put(name, number == 1);
            }
        }
        return row;
    }
}
