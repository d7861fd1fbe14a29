package io.ottla.api.codec;

import java.nio.ByteBuffer;

/**
 * Reads requests and writes responses.
 *
 * <ol>
 *   <li>Each network agent has its own codec. Only that agent's thread uses it, so it may keep state between calls.
 *   <li>For any bytes, reading ends with a message or a {@link MalformedMessageException}, and allocates at most a
 *       small multiple of the frame's size.
 *   <li>A request with more elements than the codec's limit is malformed. That is detected before they are allocated.
 *   <li>Payloads of a request are views of the frame and valid as long as the frame. Everything else is copied.
 *   <li>Payloads of a response are passed to the {@link FrameWriter} in their places, and not released.
 *   <li>After an exception the codec can still be used; only the frame that was being written is lost.
 * </ol>
 */
public interface ProtocolCodec {
    /**
     * Reads the header of a request and leaves the frame's position after it. This works for every API and version with
     * a header, known or not.
     *
     * @param frame a request, without the length before it.
     * @param header the header to fill.
     * @throws MalformedMessageException if the frame has no complete header.
     */
    void readHeader(ByteBuffer frame, RequestHeader header);

    /**
     * Reads the body of a request.
     *
     * @param header the header, of an API and version that this codec knows.
     * @param frame the frame, positioned after the header; afterwards its position is after the body. Bytes after the
     *     body are ignored, as in Kafka.
     * @return the request.
     * @throws MalformedMessageException if the frame has no complete body.
     */
    ApiMessage readRequest(RequestHeader header, ByteBuffer frame);

    /**
     * Writes a response, header and body, without the length before it.
     *
     * @param header the header of the request that is answered.
     * @param version the version of the body: that of the request, except for an ApiVersions request of a version that
     *     the broker does not support.
     * @param response the body; the frame takes over its payloads.
     * @param frame the frame to write to.
     */
    void writeResponse(RequestHeader header, short version, ApiMessage response, FrameWriter frame);
}
