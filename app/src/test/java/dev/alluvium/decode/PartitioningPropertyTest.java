package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.alluvium.decode.PartitionField.EpochUnit;
import dev.alluvium.record.SourceRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The group of any message is what a slow reference computes from the message that protobuf-java parses. */
class PartitioningPropertyTest {
    private static final String NULL = "__HIVE_DEFAULT_PARTITION__";
    private static final int MAX_DEPTH = 3;
    private static final List<TimePeriod> PERIODS = List.of(TimePeriod.values());
    private static final List<EpochUnit> UNITS = List.of(EpochUnit.values());

    /** A field that can be reached over singular ones. */
    private record Path(String text, FieldDescriptor field) {}

    @Test
    void everyMessageIsInTheGroupOfItsValues() throws InvalidProtocolBufferException {
        int notNull = 0;
        int checked = 0;
        for (int round = 0; round < 500; round++) {
            long seed = round;
            RandomProtobuf chance = new RandomProtobuf(seed);
            Descriptor message = chance.descriptor();
            List<Path> paths = new ArrayList<>();
            collect(message, "", 0, paths);
            if (paths.isEmpty()) {
                continue;
            }
            Random random = new Random(seed);
            List<PartitionField> fields = fields(paths, random);
            ProtobufDecoder decoder =
                    new ProtobufDecoder(new ProtobufSettings(message, new Partitioning(fields, ""), true), 0);
            for (int i = 0; i < 8; i++) {
                byte[] bytes = chance.bytes(message);
                long time = random.nextLong(4_000_000_000_000L);
                Rejection rejection = decoder.read(new SourceRecord(i, time, null, bytes));
                if (rejection != null) {
                    continue; // A string that is not UTF-8 in proto2: the other property test says when.
                }
                DynamicMessage parsed =
                        DynamicMessage.newBuilder(message).mergeFrom(bytes).buildPartial();
                StringBuilder expected = new StringBuilder(message.getName());
                for (PartitionField field : fields) {
                    String text = text(field, parsed, time);
                    notNull += text.equals(NULL) ? 0 : 1;
                    expected.append('/').append(text);
                }
                assertThat(decoder.group().id())
                        .as(() -> "seed " + seed + " " + fields + " of "
                                + HexFormat.of().formatHex(bytes) + "\n" + parsed + message.toProto())
                        .isEqualTo(expected.toString());
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(1_500);
        assertThat(notNull).isGreaterThan(1_500);
    }

    private static void collect(Descriptor message, String prefix, int depth, List<Path> paths) {
        for (FieldDescriptor field : message.getFields()) {
            if (field.isRepeated()) {
                continue;
            }
            String path = prefix + field.getName();
            if (field.getJavaType() == JavaType.MESSAGE && !PathReader.isTimestamp(field)) {
                if (depth < MAX_DEPTH) {
                    collect(field.getMessageType(), path + ".", depth + 1, paths);
                }
            } else if (canDivide(field)) {
                paths.add(new Path(path, field));
            }
        }
    }

    private static boolean canDivide(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT, LONG, BOOLEAN, STRING, ENUM, MESSAGE -> true;
            case FLOAT, DOUBLE, BYTE_STRING -> false;
        };
    }

    private static List<PartitionField> fields(List<Path> paths, Random random) {
        List<PartitionField> fields = new ArrayList<>();
        boolean hasSlice = false;
        for (int i = 0; i < 4; i++) {
            Path path = paths.get(random.nextInt(paths.size()));
            JavaType type = path.field().getJavaType();
            boolean isInteger = type == JavaType.INT || type == JavaType.LONG;
            TimePeriod period = PERIODS.get(random.nextInt(4));
            boolean isTime = type == JavaType.MESSAGE || (random.nextBoolean() && type != JavaType.BOOLEAN);
            if (isTime && !hasSlice && type != JavaType.ENUM) {
                EpochUnit unit = isInteger ? UNITS.get(random.nextInt(3)) : null;
                boolean isOfRecord = random.nextInt(5) == 0;
                fields.add(
                        isOfRecord
                                ? PartitionField.Slice.ofRecordTime(period)
                                : new PartitionField.Slice(period, path.text(), unit));
                hasSlice = true;
            } else if (isInteger && random.nextBoolean()) {
                fields.add(new PartitionField.Range(path.text(), 1 + random.nextInt(1_000), "p" + i));
            } else if (type != JavaType.MESSAGE) {
                fields.add(new PartitionField.Value(path.text(), "p" + i));
            }
        }
        return fields;
    }

    private static String text(PartitionField field, Message message, long recordTime) {
        if (field instanceof PartitionField.Slice slice) {
            BigInteger second = slice.field().isEmpty()
                    ? BigInteger.valueOf(Math.floorDiv(recordTime, 1_000L))
                    : second(value(message, slice.field()), slice.unit());
            return second == null ? NULL : slice(slice.period(), second);
        } else if (field instanceof PartitionField.Range range) {
            Found found = value(message, range.field());
            if (found == null) {
                return NULL;
            }
            BigInteger size = BigInteger.valueOf(range.size());
            BigInteger number = integer(found);
            BigInteger first = number.subtract(number.mod(size));
            return first + "-" + first.add(size).subtract(BigInteger.ONE);
        }
        Found found = value(message, ((PartitionField.Value) field).field());
        return found == null ? NULL : text(found);
    }

    /** A value that is there. */
    private record Found(FieldDescriptor field, Object value) {}

    private static @Nullable Found value(Message message, String path) {
        int dot = path.indexOf('.');
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(dot < 0 ? path : path.substring(0, dot));
        if (field.hasPresence() && !message.hasField(field)) {
            return null;
        }
        return dot < 0
                ? new Found(field, message.getField(field))
                : value((Message) message.getField(field), path.substring(dot + 1));
    }

    private static BigInteger integer(Found found) {
        return switch (found.field().getType()) {
            case UINT32, FIXED32 -> new BigInteger(Integer.toUnsignedString((int) found.value()));
            case UINT64, FIXED64 -> new BigInteger(Long.toUnsignedString((long) found.value()));
            default -> BigInteger.valueOf(((Number) found.value()).longValue());
        };
    }

    private static String text(Found found) {
        if (found.value() instanceof EnumValueDescriptor value) {
            return value.getIndex() < 0 ? Integer.toString(value.getNumber()) : value.getName();
        } else if (found.value() instanceof Boolean value) {
            return value.toString();
        } else if (found.value() instanceof String value) {
            StringBuilder text = new StringBuilder();
            for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
                text.append(
                        b > 0
                                        && (Character.isLetterOrDigit((char) b)
                                                || (text.isEmpty() ? "-_" : "-_.").indexOf(b) >= 0)
                                ? String.valueOf((char) b)
                                : String.format("%%%02X", b));
            }
            return value.isEmpty() ? "__EMPTY__" : text.length() > 96 ? PartitionText.of(value) : text.toString();
        }
        return integer(found).toString();
    }

    private static @Nullable BigInteger second(@Nullable Found found, @Nullable EpochUnit unit) {
        if (found == null) {
            return null;
        } else if (found.value() instanceof Message time) {
            Descriptor type = time.getDescriptorForType();
            long seconds = (long) time.getField(type.findFieldByNumber(1));
            int nanos = (int) time.getField(type.findFieldByNumber(2));
            return BigInteger.valueOf(seconds).add(BigInteger.valueOf(Math.floorDiv(nanos, 1_000_000_000)));
        } else if (found.value() instanceof String text) {
            try {
                return BigInteger.valueOf(OffsetDateTime.parse(text).toEpochSecond());
            } catch (DateTimeException e) {
                return null;
            }
        }
        BigInteger perSecond = BigInteger.valueOf(unit == null ? 1 : unit.perSecond());
        BigInteger number = integer(found);
        return number.subtract(number.mod(perSecond)).divide(perSecond);
    }

    private static String slice(TimePeriod period, BigInteger second) {
        if (second.bitLength() > 60 || Math.abs(second.longValue()) > 1L << 45) {
            return NULL;
        }
        OffsetDateTime time = Instant.ofEpochSecond(second.longValue()).atOffset(ZoneOffset.UTC);
        if (time.getYear() < 0 || time.getYear() > 9_999) {
            return NULL;
        }
        String pattern = switch (period) {
            case YEAR -> "uuuu";
            case MONTH -> "uuuu-MM";
            case DAY -> "uuuu-MM-dd";
            case HOUR -> "uuuu-MM-dd'T'HH";
        };
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time);
    }
}
