package dev.alluvium.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * A column as the file itself declares it.
 *
 * @param type physical type and annotation in Parquet's spelling: {@code INT64 TIMESTAMP(MICROS,true)}
 * @param isNullable whether it may be null; a list's element and a map's key and value are columns too
 * @param children fields of a struct, the element of a list, key and value of a map; else none
 */
public record FileColumn(String name, Kind kind, String type, boolean isNullable, List<FileColumn> children) {
    /** What a value is made of. */
    public enum Kind {
        SCALAR,
        /** A scalar whose text is JSON. */
        JSON,
        STRUCT,
        LIST,
        MAP
    }

    public FileColumn {
        children = List.copyOf(children);
    }

    static List<FileColumn> of(GroupType group) {
        List<FileColumn> columns = new ArrayList<>();
        group.getFields().forEach(field -> columns.add(of(field)));
        return columns;
    }

    private static FileColumn of(Type field) {
        boolean isNullable = field.isRepetition(Repetition.OPTIONAL);
        LogicalTypeAnnotation annotation = field.getLogicalTypeAnnotation();
        if (field.isPrimitive()) {
            PrimitiveType primitive = field.asPrimitiveType();
            Kind kind = annotation instanceof JsonLogicalTypeAnnotation ? Kind.JSON : Kind.SCALAR;
            return new FileColumn(field.getName(), kind, typeOf(primitive), isNullable, List.of());
        }
        GroupType group = field.asGroupType();
        if (annotation instanceof ListLogicalTypeAnnotation || annotation instanceof MapLogicalTypeAnnotation) {
            Kind kind = annotation instanceof ListLogicalTypeAnnotation ? Kind.LIST : Kind.MAP;
            return new FileColumn(group.getName(), kind, kind.name(), isNullable, of(repeated(group)));
        }
        return new FileColumn(group.getName(), Kind.STRUCT, "group", isNullable, of(group));
    }

    /** What a list or map repeats; throws if it is not of three levels, the only form that is read. */
    static GroupType repeated(GroupType listOrMap) {
        boolean isMap = listOrMap.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation;
        if (listOrMap.getFieldCount() == 1
                && listOrMap.getType(0).isRepetition(Repetition.REPEATED)
                && !listOrMap.getType(0).isPrimitive()
                && listOrMap.getType(0).asGroupType().getFieldCount() == (isMap ? 2 : 1)) {
            return listOrMap.getType(0).asGroupType();
        }
        throw new IllegalArgumentException("column " + listOrMap.getName() + " is a list or map without three levels");
    }

    static String typeOf(PrimitiveType type) {
        LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
        String physical = type.getPrimitiveTypeName().name();
        return annotation == null ? physical : physical + " " + annotation;
    }
}
