package io.example.parts;

import io.ottla.api.Providers;
import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.FrameWriter;
import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.codec.RequestHeader;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Provides a codec that counts requests and delegates to Ottla's codec. */
public final class CountingCodecProvider implements ProtocolCodecProvider {
    /** The number of requests read so far. */
    static final AtomicLong REQUESTS = new AtomicLong();

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public ProtocolCodec create(final int elementsMax) {
        final ProtocolCodec codec = Providers.find(ProtocolCodecProvider.class, SPI_VERSION, "ottla.codec", "kafka")
                .create(elementsMax);
        return new ProtocolCodec() {
            @Override
            public void readHeader(final ByteBuffer frame, final RequestHeader header) {
                codec.readHeader(frame, header);
            }

            @Override
            public ApiMessage readRequest(final RequestHeader header, final ByteBuffer frame) {
                REQUESTS.incrementAndGet();
                return codec.readRequest(header, frame);
            }

            @Override
            public void writeResponse(
                    final RequestHeader header,
                    final short version,
                    final ApiMessage response,
                    final FrameWriter frame) {
                codec.writeResponse(header, version, response, frame);
            }
        };
    }
}
