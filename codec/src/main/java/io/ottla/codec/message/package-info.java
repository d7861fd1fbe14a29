/**
 * The messages of the Kafka protocol and the records of Kafka's internal logs, one class for each, generated from
 * Kafka's own schemas when this module is built.
 *
 * <p>A class has the name of its schema, and so do the structs inside it: {@code ProduceRequest} and
 * {@code ProduceRequest.TopicProduceData}. One class serves all versions. A field {@code timeoutMs} is read by
 * {@code timeoutMs()} and set by {@code setTimeoutMs(...)}, which returns the message; a field that the version does
 * not have has its default after reading.
 *
 * <p>Arrays are modifiable lists, UUIDs are {@link java.util.UUID}s, {@code bytes} are copied. Record batches are
 * {@link io.ottla.api.Payload}s: views of the frame when they are read, and sent without a copy when they are written.
 */
package io.ottla.codec.message;
