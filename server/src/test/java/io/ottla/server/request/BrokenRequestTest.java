package io.ottla.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.ForwardingStorage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.codec.message.FetchResponse;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.testkit.ManualClock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that an exception of one request ends only that request. Kafka's handlers catch Throwable and answer
 * UNKNOWN_SERVER_ERROR. Here the connection is closed. The client retries in both cases.
 */
class BrokenRequestTest {
    /** Thrown by the next read of any log. */
    private final AtomicReference<Error> reading = new AtomicReference<>();

    private final SteppedBroker broker = new SteppedBroker(new ManualClock(), new Breaking());
    private final TestClient producer = broker.connect(0);
    private final TestClient consumer = broker.connect(0);
    private final TestClient other = broker.connect(0);

    @BeforeEach
    void createTopic() {
        broker.createTopic("topic", 1);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    static List<Error> errors() {
        return List.of(
                new StackOverflowError("a test's"),
                new OutOfMemoryError("a test's"),
                new NoClassDefFoundError("a test's"),
                new AssertionError("a test's"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void shouldCloseOnlyThatConnectionWhenAHandlerThrowsAnError(final Error error) {
        Batches.append(producer, "topic", 0, "a");
        reading.set(error);
        consumer.send(Fetches.VERSION, Fetches.fetch("topic", 0, 0));

        assertThat(consumer.isClosed()).isTrue();
        assertThat(reading.get()).isNull();
        assertThat(Fetches.read(other, "topic", 0, 0)).containsExactly("0:a");
    }

    @ParameterizedTest
    @MethodSource("errors")
    void shouldCloseOnlyThatConnectionWhenAFetchThatWaitedThrowsAnError(final Error error) {
        consumer.send(Fetches.VERSION, Fetches.fetch("topic", 0, 0).setMaxWaitMs(500));
        assertThat((FetchResponse) consumer.poll()).isNull();
        reading.set(error);
        Batches.append(producer, "topic", 0, "a");

        assertThat(consumer.isClosed()).isTrue();
        assertThat(reading.get()).isNull();
        assertThat(producer.isClosed()).isFalse();
        assertThat(Fetches.read(other, "topic", 0, 0)).containsExactly("0:a");
    }

    private final class Breaking implements StorageProvider {
        @Override
        public String name() {
            return "breaking";
        }

        @Override
        public int spiVersion() {
            return SPI_VERSION;
        }

        @Override
        public Storage create(final StorageContext context) {
            return new ForwardingStorage(new MemoryStorageProvider().create(context)) {
                @Override
                public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
                    return new BreakingLog(super.openLog(id, config, observer));
                }
            };
        }
    }

    private final class BreakingLog extends ForwardingLog {
        BreakingLog(final PartitionLog log) {
            super(log);
        }

        @Override
        public Payload read(
                final long fromOffset, final long toOffset, final int maxBytes, final boolean isAtLeastOneBatch) {
            final Error error = reading.getAndSet(null);
            if (error != null) {
                throw error;
            }
            return super.read(fromOffset, toOffset, maxBytes, isAtLeastOneBatch);
        }
    }
}
