package io.ottla.coordinator.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads the topics of consumers that join a classic group from Kafka's {@code ConsumerProtocolSubscription}. All
 * versions begin with version 0.
 *
 * <pre>
 *   version int16 | number of topics int32 | (length int16 | name)... | what later versions add
 * </pre>
 */
final class ConsumerSubscriptions {
    private ConsumerSubscriptions() {}

    /**
     * Adds the topics of one member.
     *
     * @param metadata the member's metadata.
     * @param topics receives the topics' names.
     * @return false if the metadata is not a subscription.
     */
    static boolean read(final byte[] metadata, final Set<String> topics) {
        try {
            final ByteBuffer buffer = ByteBuffer.wrap(metadata);
            if (buffer.getShort() < 0) {
                return false;
            }
            final int count = buffer.getInt();
            if (count < 0) {
                return false;
            }
            final Set<String> found = new HashSet<>();
            for (int i = 0; i < count; i++) {
                final int length = buffer.getShort();
                if (length < 0 || length > buffer.remaining()) {
                    return false;
                }
                found.add(new String(metadata, buffer.position(), length, StandardCharsets.UTF_8));
                buffer.position(buffer.position() + length);
            }
            topics.addAll(found);
            return true;
        } catch (final BufferUnderflowException e) {
            return false;
        }
    }
}
