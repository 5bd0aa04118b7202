package dev.alluvium.schema;

import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FeatureSet;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An enum over all its versions, added in the order of schema ids: all numbers, each with its newest name. */
final class MergedEnum {
    private final String fullName;
    /** By number, those of the first version first. */
    private final Map<Integer, Value> values = new LinkedHashMap<>();

    private boolean isClosed;

    private record Value(MergedEnum of, int number, String name, int id) {
        String unique(Set<String> taken) {
            return taken.add(name) ? name : Names.numbered(name, number, taken);
        }
    }

    MergedEnum(String fullName) {
        this.fullName = fullName;
    }

    void add(EnumDescriptor version, int id) {
        isClosed |= version.isClosed();
        Set<Integer> seen = new HashSet<>();
        for (EnumValueDescriptor value : version.getValues()) {
            if (seen.add(value.getNumber())) {
                values.put(value.getNumber(), new Value(this, value.getNumber(), value.getName(), id));
            }
        }
    }

    /** Whether a number without a name is an unknown field. */
    boolean isClosed() {
        return isClosed;
    }

    /**
     * The enums of one scope. Names of values are names of the scope: of two that are the same the newer schema's stays,
     * the other gets its number.
     */
    static List<EnumDescriptorProto> toProtos(Iterable<MergedEnum> scope) {
        List<Value> all = new ArrayList<>();
        scope.forEach(each -> all.addAll(each.values.values()));
        all.sort(Comparator.comparing(Value::id).reversed());
        Map<Value, String> names = new HashMap<>();
        Set<String> taken = new HashSet<>();
        all.forEach(value -> names.put(value, value.unique(taken)));
        List<EnumDescriptorProto> protos = new ArrayList<>();
        scope.forEach(each -> protos.add(each.toProto(names)));
        return protos;
    }

    private EnumDescriptorProto toProto(Map<Value, String> names) {
        EnumDescriptorProto.Builder proto = EnumDescriptorProto.newBuilder().setName(Names.simple(fullName));
        if (isClosed) {
            proto.getOptionsBuilder().setFeatures(FeatureSet.newBuilder().setEnumType(FeatureSet.EnumType.CLOSED));
        }
        values.values()
                .forEach(value -> proto.addValueBuilder()
                        .setName(names.getOrDefault(value, value.name()))
                        .setNumber(value.number()));
        return proto.build();
    }
}
