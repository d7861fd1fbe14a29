/** The SPI of the transport: opaque frames over connections, each connection owned by one network agent. */
package io.ottla.api.transport;
