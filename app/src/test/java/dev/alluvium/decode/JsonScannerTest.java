package dev.alluvium.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {
    private static final long SEED = 8_259;
    private static final JsonFactory JACKSON = new JsonFactory();

    private final JsonScanner scanner = new JsonScanner();

    @Test
    void tellsTheKindAndWhereTheValueIs() {
        byte[] text = "x \t{\"a\":[1,{}]}\r\n y".getBytes(UTF_8);

        assertThat(scanner.scan(text, 1, text.length - 1)).isNull();
        assertThat(scanner.kind()).isEqualTo(JsonScanner.Kind.OBJECT);
        assertThat(new String(text, scanner.valueStart(), scanner.valueEnd() - scanner.valueStart(), UTF_8))
                .isEqualTo("{\"a\":[1,{}]}");
        assertThat(kindOf("null")).isEqualTo(JsonScanner.Kind.NULL);
        assertThat(kindOf("true")).isEqualTo(JsonScanner.Kind.TRUE);
        assertThat(kindOf("false")).isEqualTo(JsonScanner.Kind.FALSE);
        assertThat(kindOf("-1.5E+3")).isEqualTo(JsonScanner.Kind.NUMBER);
        assertThat(kindOf("\"\"")).isEqualTo(JsonScanner.Kind.STRING);
        assertThat(kindOf("[]")).isEqualTo(JsonScanner.Kind.ARRAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[",
                "]",
                "[1,]",
                "[,1]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{1:2}",
                "[1 2]",
                "[1]]",
                "1 2",
                "01",
                "-",
                "+1",
                "1.",
                ".5",
                "1e",
                "1e+",
                "0x1",
                "NaN",
                "Infinity",
                "nul",
                "nulll",
                "True",
                "undefined",
                "'a'",
                "\"",
                "\"a",
                "\"\\",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12G4\"",
                "\"\n\"",
                "\"\t\"",
                "\uFEFF1",
                "1\u00A0",
                "[1}",
                "{\"a\":1]",
                "//x\n1",
                "{\"a\":1 \"b\":2}",
                "-a",
                "--1"
            })
    void refusesWhatIsNotExactlyOneValue(String text) {
        assertThat(fault(text.getBytes(UTF_8))).isEqualTo(JsonScanner.Fault.NOT_JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c080",
                "c1bf",
                "e08080",
                "eda080",
                "edbfbf",
                "f0808080",
                "f4908080",
                "f5808080",
                "ff",
                "c3"
            })
    void refusesStringsThatAreNotUtf8(String hex) {
        byte[] text = HexFormat.of().parseHex("22" + hex + "22");
        assertThat(fault(text)).isEqualTo(JsonScanner.Fault.NOT_UTF8);
    }

    @Test
    void boundsHowDeepValuesNest() {
        int depth = JsonScanner.MAX_DEPTH;
        assertThat(fault(("[".repeat(depth) + "]".repeat(depth)).getBytes(UTF_8)))
                .isNull();
        assertThat(fault(("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)).getBytes(UTF_8)))
                .isNull();
        assertThat(fault("[".repeat(depth + 1).getBytes(UTF_8))).isEqualTo(JsonScanner.Fault.TOO_DEEP);
        assertThat(fault(("[".repeat(depth) + "]".repeat(depth - 1) + "}").getBytes(UTF_8)))
                .isEqualTo(JsonScanner.Fault.NOT_JSON);
    }

    @Test
    void agreesWithJacksonOnRandomAndMutatedText() throws IOException {
        Random random = new Random(SEED);
        int valid = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] text = RandomJson.value(random, 3).getBytes(UTF_8);
            if (i % 3 != 0) {
                text = RandomJson.mutate(random, text);
            }
            String where =
                    "seed " + SEED + ", text " + i + ": " + HexFormat.of().formatHex(text);
            String decoded = decode(text);
            Boolean expected = decoded == null ? Boolean.FALSE : isJson(decoded);
            if (expected == null) {
                continue;
            }

            assertThat(fault(text) == null).as(where).isEqualTo(expected);
            if (expected && decoded != null) {
                valid++;
                checkValue(decoded, text, where);
            }
        }
        assertThat(valid).isBetween(12_000, 29_000);
    }

    @Test
    void readsNumbersAsTheNearestDouble() {
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            String text = RandomJson.number(random);
            byte[] bytes = text.getBytes(UTF_8);
            assertThat(fault(bytes)).as(text).isNull();
            assertThat(Double.doubleToRawLongBits(scanner.number()))
                    .as("seed %d, number %s", SEED, text)
                    .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
        }
    }

    @Test
    void noticesEscapedSurrogatesWithoutTheirOtherHalf() {
        assertThat(hasLoneSurrogates("\"\\ud83d\\ude00\"")).isFalse();
        assertThat(hasLoneSurrogates("\"\\ud83d\\uD83D\\uDE00\"")).isTrue();
        assertThat(hasLoneSurrogates("\"\\ud83d\"")).isTrue();
        assertThat(hasLoneSurrogates("\"\\ude00\\ud83d\"")).isTrue();
        assertThat(hasLoneSurrogates("\"\\ud83dx\"")).isTrue();
        assertThat(hasLoneSurrogates("\"plain\"")).isFalse();
    }

    private void checkValue(String text, byte[] bytes, String where) throws IOException {
        try (JsonParser parser = JACKSON.createParser(text)) {
            JsonToken token = parser.nextToken();
            assertThat(scanner.kind()).as(where).isEqualTo(kindOf(token));
            if (token == JsonToken.VALUE_STRING && !scanner.hasLoneSurrogates()) {
                byte[] out = new byte[bytes.length];
                int length = JsonScanner.unescape(bytes, scanner.valueStart() + 1, scanner.valueEnd() - 1, out);
                assertThat(new String(out, 0, length, UTF_8)).as(where).isEqualTo(parser.getText());
                if (!scanner.hasEscapes()) {
                    assertThat(Arrays.copyOf(out, length))
                            .as(where)
                            .isEqualTo(Arrays.copyOfRange(bytes, scanner.valueStart() + 1, scanner.valueEnd() - 1));
                }
            }
        }
    }

    private static JsonScanner.Kind kindOf(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> JsonScanner.Kind.OBJECT;
            case START_ARRAY -> JsonScanner.Kind.ARRAY;
            case VALUE_STRING -> JsonScanner.Kind.STRING;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> JsonScanner.Kind.NUMBER;
            case VALUE_TRUE -> JsonScanner.Kind.TRUE;
            case VALUE_FALSE -> JsonScanner.Kind.FALSE;
            case VALUE_NULL -> JsonScanner.Kind.NULL;
            default -> throw new AssertionError(token);
        };
    }

    private JsonScanner.Kind kindOf(String text) {
        assertThat(fault(text.getBytes(UTF_8))).isNull();
        return scanner.kind();
    }

    private boolean hasLoneSurrogates(String text) {
        assertThat(kindOf(text)).isEqualTo(JsonScanner.Kind.STRING);
        return scanner.hasLoneSurrogates();
    }

    private JsonScanner.@Nullable Fault fault(byte[] text) {
        return scanner.scan(text, 0, text.length);
    }

    private static @Nullable String decode(byte[] text) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** What Jackson says; null where it refuses lone surrogates in member names, which RFC 8259 allows. */
    private static @Nullable Boolean isJson(String text) {
        try (JsonParser parser = JACKSON.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return false;
            }
            parser.skipChildren();
            // A string is read only when somebody asks for it.
            parser.getText();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains("surrogate") ? null : Boolean.FALSE;
        }
    }
}
