package io.ottla.codec;

import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.FrameWriter;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.RequestHeader;
import java.nio.ByteBuffer;

/**
 * Reads and writes messages of the Kafka protocol. A broker reads requests and writes responses; a client or a proxy
 * also does the opposite. Frames are without the 4 bytes of length before them.
 *
 * <p><b>Note:</b> not thread-safe; each thread has its own codec.
 */
public final class KafkaProtocolCodec implements ProtocolCodec {
    private static final short CONTROLLED_SHUTDOWN = 7;
    private static final int HEADER_BYTES_MIN = 8;

    private final MessageReader reader;
    private final MessageWriter writer = new MessageWriter();
    private final ClientIds clientIds = new ClientIds();

    /** Creates a codec that reads messages with any number of elements. */
    public KafkaProtocolCodec() {
        this(Integer.MAX_VALUE);
    }

    /**
     * Creates a codec with a limit.
     *
     * @param elementsMax the most elements that all arrays of a message may have together; a message with more is
     *     malformed.
     */
    public KafkaProtocolCodec(final int elementsMax) {
        reader = new MessageReader().elementsMax(elementsMax);
    }

    @Override
    public void readHeader(final ByteBuffer frame, final RequestHeader header) {
        if (frame.remaining() < HEADER_BYTES_MIN) {
            throw new MalformedMessageException("a request of " + frame.remaining() + " bytes");
        }
        reader.wrap(frame);
        final int start = frame.position();
        final long fixed = frame.getLong(start);
        final short id = (short) (fixed >>> 48);
        final short version = (short) (fixed >>> 32);
        frame.position(start + HEADER_BYTES_MIN);
        // This is the only request with header v0, which ends here.
        final boolean hasClientId = id != CONTROLLED_SHUTDOWN || version != 0;
        header.set(id, version, (int) fixed, hasClientId ? readClientId(frame) : null);
        final ApiKey key = ApiKey.forId(id);
        if (key != null && key.requestHeaderVersion(version) >= 2) {
            reader.skipTaggedFields();
        }
    }

    /**
     * Reads the client id. Its length has 2 bytes in all versions of the header, so that any broker can read it
     * (KIP-511).
     */
    private String readClientId(final ByteBuffer frame) {
        final int position = frame.position();
        final int left = frame.limit() - position - Short.BYTES;
        if (left < 0) {
            throw new MalformedMessageException("a request that ends before its client id");
        }
        final short length = frame.getShort(position);
        if (length > left) {
            throw new MalformedMessageException("a client id of " + length + " bytes in " + left);
        }
        final int start = position + Short.BYTES;
        if (length < 0) {
            frame.position(start);
            return null;
        }
        frame.position(start + length);
        return clientIds.get(frame, start, length);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A version that this codec does not know is malformed too. Bytes after the body are ignored, as in Kafka.
     */
    @Override
    public RequestMessage readRequest(final RequestHeader header, final ByteBuffer frame) {
        final ApiKey key = ApiKey.forId(header.apiKey());
        if (key == null) {
            throw new MalformedMessageException("a request for the unknown API " + header.apiKey());
        }
        final RequestMessage request = key.newRequest();
        request.read(reader.wrap(frame), header.apiVersion());
        return request;
    }

    @Override
    public void writeResponse(
            final RequestHeader header, final short version, final ApiMessage response, final FrameWriter frame) {
        writer.wrap(frame);
        writer.writeInt(header.correlationId());
        if (apiOf(response).responseHeaderVersion(version) >= 1) {
            writer.writeByte((byte) 0);
        }
        ((Message) response).write(writer, version);
    }

    /**
     * Writes a request, header and body.
     *
     * @param header the header; its API and version are those of the body.
     * @param request the body; the frame takes over its payloads.
     * @param frame the frame to write to.
     */
    public void writeRequest(final RequestHeader header, final RequestMessage request, final FrameWriter frame) {
        if (request.apiKey() != header.apiKey()) {
            throw new IllegalArgumentException(
                    "a header of API " + header.apiKey() + " before a request of API " + request.apiKey());
        }
        writer.wrap(frame);
        writer.writeShort(header.apiKey());
        writer.writeShort(header.apiVersion());
        writer.writeInt(header.correlationId());
        writer.writeNullableString(header.clientId(), false);
        if (apiOf(request).requestHeaderVersion(header.apiVersion()) >= 2) {
            writer.writeByte((byte) 0);
        }
        request.write(writer, header.apiVersion());
    }

    /**
     * Returns the correlation id of a response, which identifies the request. The frame does not change.
     *
     * @param frame a response.
     * @return the correlation id.
     * @throws MalformedMessageException if the frame is too short.
     */
    public static int correlationId(final ByteBuffer frame) {
        if (frame.remaining() < 4) {
            throw new MalformedMessageException("a response of " + frame.remaining() + " bytes");
        }
        return frame.getInt(frame.position());
    }

    /**
     * Reads a response, header and body.
     *
     * @param header the header of the request that is answered.
     * @param frame the response, whose payloads become those of the message.
     * @return the body.
     * @throws MalformedMessageException if the frame has no complete response, or answers another request.
     */
    public ResponseMessage readResponse(final RequestHeader header, final ByteBuffer frame) {
        final ApiKey key = ApiKey.forId(header.apiKey());
        if (key == null) {
            throw new IllegalArgumentException("the unknown API " + header.apiKey());
        }
        reader.wrap(frame);
        final int correlationId = reader.readInt();
        if (correlationId != header.correlationId()) {
            throw new MalformedMessageException("an answer to request " + correlationId + " where one to "
                    + header.correlationId() + " was expected");
        }
        if (key.responseHeaderVersion(header.apiVersion()) >= 1) {
            reader.skipTaggedFields();
        }
        final ResponseMessage response = key.newResponse();
        response.read(reader, header.apiVersion());
        return response;
    }

    private static ApiKey apiOf(final ApiMessage message) {
        final ApiKey key = ApiKey.forId(message.apiKey());
        if (key == null) {
            throw new IllegalArgumentException("the unknown API " + message.apiKey());
        }
        return key;
    }
}
