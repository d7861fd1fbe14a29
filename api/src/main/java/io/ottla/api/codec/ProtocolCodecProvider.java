package io.ottla.api.codec;

import io.ottla.api.Provider;

/** The factory of a protocol codec. */
public interface ProtocolCodecProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * Creates a codec for one network agent.
     *
     * @param elementsMax the most elements that all arrays of a request may have together; a request with more is
     *     malformed.
     * @return a new codec.
     */
    ProtocolCodec create(int elementsMax);
}
