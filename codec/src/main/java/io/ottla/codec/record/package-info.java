/**
 * Record batches of format v2 (KIP-98): reading, writing and checking them. Their header is
 * {@link io.ottla.api.storage.RecordBatchHeader}.
 */
package io.ottla.codec.record;
