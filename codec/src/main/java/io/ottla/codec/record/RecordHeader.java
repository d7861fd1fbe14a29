package io.ottla.codec.record;

import java.nio.ByteBuffer;

/**
 * A header of a record (KIP-82), not to be confused with the header of a batch.
 *
 * @param key the name, not null; a record may have several headers of one name.
 * @param value the bytes from position to limit, or null.
 */
public record RecordHeader(String key, ByteBuffer value) {}
