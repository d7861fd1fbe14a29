package io.ottla.coordinator.runtime;

import java.nio.ByteBuffer;

/**
 * How a coordinator's records stand in its log.
 *
 * @param <R> the type of the records.
 */
public interface RecordSerde<R> {
    /**
     * A record's key.
     *
     * @param record the record.
     * @return its bytes, from position to limit, valid until the next call of this method; null for none.
     */
    ByteBuffer key(R record);

    /**
     * A record's value.
     *
     * @param record the record.
     * @return its bytes, from position to limit, valid until the next call of this method; null for none, which in a compacted log takes the
     *     key away.
     */
    ByteBuffer value(R record);

    /**
     * Reads a record.
     *
     * @param key the key's bytes or null; a view that is valid for this call.
     * @param value the value's bytes or null; a view that is valid for this call.
     * @return the record; null for one of a type that may be passed over.
     * @throws RuntimeException if this is no record of this coordinator, or one of a version that it does not know: the
     *     shard is not loaded then.
     */
    R read(ByteBuffer key, ByteBuffer value);
}
