/** A transport over the JDK's own selectors: {@link io.ottla.transport.nio.NioTransportProvider} is all there is to see. */
package io.ottla.transport.nio;
