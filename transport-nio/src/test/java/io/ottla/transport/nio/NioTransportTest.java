package io.ottla.transport.nio;

import io.ottla.api.transport.TransportProvider;
import io.ottla.testkit.TcpTransportContract;

class NioTransportTest extends TcpTransportContract {
    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }
}
