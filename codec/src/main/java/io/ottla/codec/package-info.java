/**
 * The Kafka wire protocol: which APIs there are, how their messages are read and written, and the codec that a broker uses.
 *
 * <p>Start at {@link io.ottla.codec.ApiKey}; the messages are in {@link io.ottla.codec.message}.
 */
package io.ottla.codec;
