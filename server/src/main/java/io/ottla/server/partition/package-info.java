/**
 * Manages partitions: validation of batches, producer state, appends, reads, leader epochs, flushes, and waiting
 * requests.
 */
package io.ottla.server.partition;
