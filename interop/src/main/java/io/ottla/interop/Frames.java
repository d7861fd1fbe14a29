package io.ottla.interop;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** Request frames, without the length in front, written by the message classes of {@code kafka-clients}. */
final class Frames {
    private Frames() {}

    /**
     * Writes a request.
     *
     * @param api           the API's key.
     * @param version       the version of the message.
     * @param correlationId the number that the answer repeats.
     * @param message       the request; every field that is set must exist at this version or be ignorable.
     * @return the frame.
     */
    static ByteBuffer request(
            final ApiKeys api, final short version, final int correlationId, final ApiMessage message) {
        return request(api, version, correlationId, bytes(message, version));
    }

    /**
     * Puts a request's header before its body.
     *
     * @param api           the API's key.
     * @param version       the version of the body.
     * @param correlationId the number that the answer repeats.
     * @param body          the message's bytes.
     * @return the frame.
     */
    static ByteBuffer request(final ApiKeys api, final short version, final int correlationId, final ByteBuffer body) {
        final RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId("conversation");
        final ByteBuffer head = bytes(header, api.requestHeaderVersion(version));
        final ByteBuffer frame = ByteBuffer.allocate(head.remaining() + body.remaining());
        return frame.put(head).put(body).flip();
    }

    /**
     * Writes a message without a header.
     *
     * @param message the message.
     * @param version the version to write.
     * @return its bytes.
     */
    static ByteBuffer bytes(final Message message, final short version) {
        final ObjectSerializationCache cache = new ObjectSerializationCache();
        final MessageSizeAccumulator size = new MessageSizeAccumulator();
        message.addSize(size, cache, version);
        final ByteBuffer buffer = ByteBuffer.allocate(size.totalSize());
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.flip();
    }
}
