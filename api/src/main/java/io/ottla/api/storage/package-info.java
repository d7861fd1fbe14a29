/** The SPI of the storage: one log of record batches for each partition. */
@NullMarked
package io.ottla.api.storage;

import org.jspecify.annotations.NullMarked;
