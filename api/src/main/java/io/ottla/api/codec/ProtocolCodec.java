package io.ottla.api.codec;

import java.nio.ByteBuffer;

/**
 * Reads requests and writes responses.
 *
 * <ol>
 *   <li>Each network agent has one of its own; it is used by that agent's thread only and may keep state between calls.
 *   <li>Whatever the bytes are, reading ends with a message or a {@link MalformedMessageException}, and allocates no more
 *       than a small multiple of the frame's size.
 *   <li>A request that has more elements than the codec was made for is malformed, and that is found before they are allocated.
 *   <li>Payloads of a request are views of the frame, valid as long as the frame is; everything else is copied.
 *   <li>Payloads of a response are handed to the {@link FrameWriter}, in their places, and not released.
 *   <li>After an exception the codec is as good as before; only the frame that was being written is of no use.
 * </ol>
 */
public interface ProtocolCodec {
    /**
     * Reads the header of a request and leaves the frame's position behind it. It works for every API and version that has
     * a header at all, known or not.
     *
     * @param frame a request, without the length before it.
     * @param header is filled.
     * @throws MalformedMessageException if the frame has no whole header.
     */
    void readHeader(ByteBuffer frame, RequestHeader header);

    /**
     * Reads the body of a request.
     *
     * @param header the header, of an API and version that this codec knows.
     * @param frame positioned behind the header; its position ends behind the body. What is behind that is nobody's, and
     *     no error: Kafka accepts it too.
     * @return the request.
     * @throws MalformedMessageException if the frame has no whole body.
     */
    ApiMessage readRequest(RequestHeader header, ByteBuffer frame);

    /**
     * Writes a response, header and body, without the length before it.
     *
     * @param header the header of the request that is answered.
     * @param version the version to write the body in; the request's, save for an ApiVersions request of a version that the
     *     broker does not know.
     * @param response the body, whose payloads are taken over.
     * @param frame where to.
     */
    void writeResponse(RequestHeader header, short version, ApiMessage response, FrameWriter frame);
}
