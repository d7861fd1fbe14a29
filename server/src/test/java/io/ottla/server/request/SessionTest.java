package io.ottla.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.Connection;
import io.ottla.server.config.AdvertisedListener;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final Connection connection = (Connection) Proxy.newProxyInstance(
            SessionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "listener" -> "PLAINTEXT";
                case "localAddress" -> new InetSocketAddress("127.0.0.1", 9092);
                case "remoteAddress" -> new InetSocketAddress("127.0.0.1", 50_000);
                default -> throw new AssertionError(method);
            });

    private Session session(final AdvertisedListener... advertised) {
        return new Session(connection, new Listeners(List.of(advertised)));
    }

    @Test
    void shouldNameTheClientAndItsSoftware() {
        final Session session = session();
        assertThat(session).hasToString("/127.0.0.1:50000");

        session.software("apache-kafka-java", "4.4.0");

        assertThat(session).hasToString("/127.0.0.1:50000, apache-kafka-java 4.4.0");
    }

    @Test
    void shouldKeepOnlyTheBeginningOfALongName() {
        final Session session = session();

        session.software("a".repeat(1000), "1");

        assertThat(session.toString()).endsWith(", " + "a".repeat(64));
    }

    @Test
    void shouldAdvertiseTheAddressOfTheClientsListener() {
        final AdvertisedListener other = new AdvertisedListener("OTHER", "elsewhere", 1);
        final AdvertisedListener configured = new AdvertisedListener("PLAINTEXT", "broker.example", 9093);

        assertThat(session(other, configured).advertised()).isEqualTo(configured);
        assertThat(session(other).advertised()).isEqualTo(new AdvertisedListener("PLAINTEXT", "127.0.0.1", 9092));
    }

    @Test
    void shouldCancelAllWaitsWhenTheConnectionIsClosed() {
        final Session session = session();
        final List<String> ended = new ArrayList<>();
        for (final String name : List.of("first", "second")) {
            session.park(new Parked() {
                @Override
                public void cancel() {
                    ended.add(name);
                    session.unpark(this);
                }
            });
        }

        session.onDisconnect();

        assertThat(ended).containsExactlyInAnyOrder("first", "second");
        assertThat(session.isGone()).isTrue();
    }
}
