/**
 * The object store on a local or mounted directory. Files come in by key and lie under the base as the key says, durable
 * when a put returns. Knows only the port.
 */
@NullMarked
package dev.alluvium.storage.local;

import org.jspecify.annotations.NullMarked;
