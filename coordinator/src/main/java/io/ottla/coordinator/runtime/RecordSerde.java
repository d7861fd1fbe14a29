package io.ottla.coordinator.runtime;

import java.nio.ByteBuffer;

/**
 * Reads and writes the records of a coordinator's log.
 *
 * @param <R> the type of the records.
 */
public interface RecordSerde<R> {
    /**
     * Returns a record's key.
     *
     * @param record the record.
     * @return its bytes, from position to limit, valid until the next call of this method; null for none.
     */
    ByteBuffer key(R record);

    /**
     * Returns a record's value.
     *
     * @param record the record.
     * @return its bytes, from position to limit, valid until the next call of this method; null for a tombstone.
     */
    ByteBuffer value(R record);

    /**
     * Reads a record.
     *
     * @param key the key's bytes or null; a view that is valid for this call.
     * @param value the value's bytes or null; a view that is valid for this call.
     * @return the record; null for a type that may be ignored.
     * @throws RuntimeException if this is not a record of this coordinator, or has an unknown version: the shard is not
     *     loaded then.
     */
    R read(ByteBuffer key, ByteBuffer value);
}
