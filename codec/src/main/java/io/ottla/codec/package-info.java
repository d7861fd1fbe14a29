/**
 * The Kafka wire protocol: its APIs, the encoding of their messages, and the codec that a broker uses.
 *
 * <p>Start at {@link io.ottla.codec.ApiKey}; the messages are in {@link io.ottla.codec.message}.
 */
package io.ottla.codec;
