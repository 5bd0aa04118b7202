/**
 * The object store on a bucket of Amazon S3 or of a server that speaks its language. Files come in by key and lie under
 * the bucket's prefix, whole and never replaced, with their CRC-32C beside them. The only package that knows the AWS SDK;
 * none of its types or exceptions leaves it.
 */
@NullMarked
package dev.alluvium.storage.s3;

import org.jspecify.annotations.NullMarked;
