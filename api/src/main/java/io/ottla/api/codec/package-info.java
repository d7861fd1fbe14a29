/** The SPI of the protocol codec: frames in, messages out, and back. */
@NullMarked
package io.ottla.api.codec;

import org.jspecify.annotations.NullMarked;
