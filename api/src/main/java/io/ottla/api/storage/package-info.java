/** The SPI of the storage: one log of record batches for each partition. */
package io.ottla.api.storage;
