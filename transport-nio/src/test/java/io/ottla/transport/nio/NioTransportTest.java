package io.ottla.transport.nio;

import io.ottla.api.transport.TransportProvider;
import io.ottla.testkit.TransportContract;

class NioTransportTest extends TransportContract {
    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }
}
