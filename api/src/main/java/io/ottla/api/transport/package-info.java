/** The SPI of the transport: opaque frames over connections, each connection owned by one network agent. */
@NullMarked
package io.ottla.api.transport;

import org.jspecify.annotations.NullMarked;
