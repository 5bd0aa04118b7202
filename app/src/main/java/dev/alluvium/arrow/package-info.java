/** Growable column buffers that become an Arrow record batch without a copy. Rows come in from the decoders, a VectorSchemaRoot goes out to the Parquet writer; knows schemas only. */
@NullMarked
package dev.alluvium.arrow;

import org.jspecify.annotations.NullMarked;
