/**
 * The object store on Google Cloud Storage, over its JSON API. In come keys and files, out come objects and {@link
 * dev.alluvium.storage.StorageException}s. It is the only package that knows Google's client.
 */
@NullMarked
package dev.alluvium.storage.gcs;

import org.jspecify.annotations.NullMarked;
