/**
 * A transport over the JDK's own selectors; {@link io.ottla.transport.nio.NioTransportProvider} is its only public
 * class.
 */
package io.ottla.transport.nio;
