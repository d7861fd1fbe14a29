package io.ottla.api.codec;

/** The body of a request or of a response. */
public interface ApiMessage {
    /**
     * Returns the API key of the message.
     *
     * @return the API key.
     */
    short apiKey();
}
