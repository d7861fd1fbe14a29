import io.ottla.api.transport.TransportProvider;
import io.ottla.transport.nio.NioTransportProvider;

/** A transport over the JDK's own selectors. */
module io.ottla.transport.nio {
    requires transitive io.ottla.api;
    requires org.slf4j;

    exports io.ottla.transport.nio;

    provides TransportProvider with
            NioTransportProvider;
}
