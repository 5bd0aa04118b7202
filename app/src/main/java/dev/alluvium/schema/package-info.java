/** What a file's columns are: table schemas, column types, and how protobuf descriptors and LakeSync tables map to them. Knows no other package. */
@NullMarked
package dev.alluvium.schema;

import org.jspecify.annotations.NullMarked;
