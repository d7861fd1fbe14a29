package io.ottla.transport.nio;

import io.ottla.api.Clock;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import java.util.List;

/**
 * A server that echoes frames, for tests and measurements that need a process of their own. Prints its port and runs
 * until its standard input ends.
 */
final class EchoMain {
    private EchoMain() {}

    /**
     * Starts the server.
     *
     * @param args the number of agents; 1 if not given.
     * @throws Exception if it can't listen.
     */
    public static void main(final String[] args) throws Exception {
        final int agents = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        final TransportConfig config = config(agents, true);
        try (Transport transport = new NioTransportProvider().create(config, Clock.system(), agent -> new Echo())) {
            final int port = transport
                    .bind(List.of(new ListenerSpec("ECHO", "127.0.0.1", 0)))
                    .getFirst()
                    .getPort();
            for (final NetworkAgent agent : transport.agents()) {
                Thread.ofPlatform().daemon().name(agent.roleName()).start(() -> run(agent));
            }
            System.out.println(port);
            while (System.in.read() >= 0) {}
            // The agents' threads are daemons and need no shutdown.
            System.exit(0);
        }
    }

    static TransportConfig config(final int agents, final boolean blocking) {
        return TransportConfig.builder()
                .agents(agents)
                .blocking(blocking)
                .frameBytesMax(100 << 20)
                .requestBytesMax(1L << 30)
                .connectionsMax(20_000)
                .connectionsPerAddressMax(20_000)
                .idleMs(600_000)
                .inFlightRequestsMax(100)
                .unsentBytesMax(10 << 20)
                .backlog(1_000)
                .build();
    }

    private static void run(final NetworkAgent agent) {
        while (true) {
            try {
                agent.doWork();
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
