/** The SPI of the protocol codec: frames in, messages out, and back. */
package io.ottla.api.codec;
