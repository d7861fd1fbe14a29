package io.ottla.api.codec;

/** The body of a request or of a response. */
public interface ApiMessage {
    /**
     * The API that the message belongs to.
     *
     * @return Kafka's number of it.
     */
    short apiKey();
}
