package dev.alluvium.schema;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import com.google.type.CalendarPeriodProto;
import com.google.type.ColorProto;
import com.google.type.DateProto;
import com.google.type.DateTimeProto;
import com.google.type.DayOfWeekProto;
import com.google.type.DecimalProto;
import com.google.type.ExprProto;
import com.google.type.FractionProto;
import com.google.type.IntervalProto;
import com.google.type.LatLngProto;
import com.google.type.LocalizedTextProto;
import com.google.type.MoneyProto;
import com.google.type.MonthProto;
import com.google.type.PhoneNumberProto;
import com.google.type.PostalAddressProto;
import com.google.type.QuaternionProto;
import com.google.type.TimeOfDayProto;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that every schema may import without a reference: protobuf's own, the common types of Google, and those of
 * Confluent's serializers. Of the last two there are several versions: whoever registers one means that.
 */
final class BuiltInFiles {
    /** What documents a definition: an option's type, so that no record has it. */
    private static final String META = """
            name: "confluent/meta.proto"
            package: "confluent"
            message_type {
              name: "Meta"
              field { name: "doc" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
              field {
                name: "params" number: 2 label: LABEL_REPEATED type: TYPE_MESSAGE
                type_name: ".confluent.Meta.ParamsEntry"
              }
              field { name: "tags" number: 3 label: LABEL_REPEATED type: TYPE_STRING }
              nested_type {
                name: "ParamsEntry"
                field { name: "key" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
                field { name: "value" number: 2 label: LABEL_OPTIONAL type: TYPE_STRING }
                options { map_entry: true }
              }
            }
            """;

    /** The unscaled number, big-endian two's complement, how many digits it has, and its scale. */
    private static final String DECIMAL = """
            name: "confluent/type/decimal.proto"
            package: "confluent.type"
            message_type {
              name: "Decimal"
              field { name: "value" number: 1 label: LABEL_OPTIONAL type: TYPE_BYTES }
              field { name: "precision" number: 2 label: LABEL_OPTIONAL type: TYPE_UINT32 }
              field { name: "scale" number: 3 label: LABEL_OPTIONAL type: TYPE_INT32 }
            }
            """;

    private static final String VARIANT = """
            name: "confluent/type/variant.proto"
            package: "confluent.type"
            message_type {
              name: "Variant"
              field { name: "metadata" number: 1 label: LABEL_OPTIONAL type: TYPE_BYTES }
              field { name: "value" number: 2 label: LABEL_OPTIONAL type: TYPE_BYTES }
            }
            """;

    /** By the names under which they are imported. */
    static final Map<String, FileDescriptor> ALL = Stream.of(
                    AnyProto.getDescriptor(),
                    ApiProto.getDescriptor(),
                    DurationProto.getDescriptor(),
                    EmptyProto.getDescriptor(),
                    FieldMaskProto.getDescriptor(),
                    SourceContextProto.getDescriptor(),
                    StructProto.getDescriptor(),
                    TimestampProto.getDescriptor(),
                    TypeProto.getDescriptor(),
                    WrappersProto.getDescriptor(),
                    DescriptorProtos.getDescriptor(),
                    CalendarPeriodProto.getDescriptor(),
                    ColorProto.getDescriptor(),
                    DateProto.getDescriptor(),
                    DateTimeProto.getDescriptor(),
                    DayOfWeekProto.getDescriptor(),
                    DecimalProto.getDescriptor(),
                    ExprProto.getDescriptor(),
                    FractionProto.getDescriptor(),
                    IntervalProto.getDescriptor(),
                    LatLngProto.getDescriptor(),
                    LocalizedTextProto.getDescriptor(),
                    MoneyProto.getDescriptor(),
                    MonthProto.getDescriptor(),
                    PhoneNumberProto.getDescriptor(),
                    PostalAddressProto.getDescriptor(),
                    QuaternionProto.getDescriptor(),
                    TimeOfDayProto.getDescriptor(),
                    confluent(META),
                    confluent(DECIMAL),
                    confluent(VARIANT))
            .collect(Collectors.toUnmodifiableMap(FileDescriptor::getName, Function.identity()));

    private BuiltInFiles() {}

    private static FileDescriptor confluent(String definition) {
        try {
            FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setSyntax("proto3");
            TextFormat.merge(definition, file);
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (TextFormat.ParseException | DescriptorValidationException e) {
            throw new IllegalStateException(definition, e);
        }
    }
}
