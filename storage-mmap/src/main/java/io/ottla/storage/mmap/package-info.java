/**
 * Stores logs in files: segments in wire format, appended with plain writes and sent from file to socket; mapped
 * indexes.
 */
package io.ottla.storage.mmap;
