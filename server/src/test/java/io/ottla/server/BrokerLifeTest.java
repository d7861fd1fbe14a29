package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests starts and closes that overlap, on threads that wait for each other. */
@Timeout(300)
class BrokerLifeTest {
    private static final int CLOSERS = 8;
    private static final Set<Thread.State> WAITING =
            EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.BLOCKED);

    @TempDir
    Path folder;

    private final AtomicReference<Broker> built = new AtomicReference<>();

    private BrokerBuilder builder() {
        return Broker.builder().set("listeners", "PLAINTEXT://127.0.0.1:0").set("log.dirs", folder.toString());
    }

    private Broker build(final BrokerBuilder builder) {
        final Broker broker = builder.build();
        built.set(broker);
        return broker;
    }

    /** Checks that everything was released. */
    @AfterEach
    void shouldStartAnotherInTheSameFolder() throws InterruptedException {
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("ottla-")) {
                thread.join();
            }
        }
        final Broker next = builder().build();
        next.start();
        next.close();
    }

    private static Thread inThread(final Runnable work) {
        final Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitWaiting(final Thread thread) {
        while (!WAITING.contains(thread.getState())) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"listeners bound", "storage opened", "metadata and groups replayed", "serving"})
    void shouldCloseAtTheEndOfAStartThatIsUnderWay(final String phase) throws InterruptedException {
        final WorkTransport transport = new WorkTransport(() -> {});
        final AtomicReference<Thread> closer = new AtomicReference<>();
        final AtomicReference<Boolean> wasClosed = new AtomicReference<>();
        final Broker broker = build(builder().transport(transport).onPhase(ended -> {
            if (ended.equals(phase)) {
                closer.set(inThread(() -> {
                    built.get().close();
                    wasClosed.set(transport.isClosed());
                }));
                awaitWaiting(closer.get());
            }
        }));

        broker.start();

        closer.get().join();
        assertThat(wasClosed.get()).isTrue();
        assertThat(broker.awaitClose()).isNull();
        assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"listeners bound", "storage opened", "metadata and groups replayed", "serving"})
    void shouldFreeEverythingWhenTheStartFailsHalfWay(final String phase) throws InterruptedException {
        final WorkTransport transport = new WorkTransport(() -> {});
        final Broker broker = build(builder().transport(transport).onPhase(ended -> {
            if (ended.equals(phase)) {
                throw new IllegalStateException("the test's");
            }
        }));

        assertThatThrownBy(broker::start).hasMessage("the test's");

        assertThat(transport.isAgentClosed()).isTrue();
        assertThat(transport.isClosed()).isTrue();
        assertThat(broker.awaitClose()).isNull();
    }

    /** Closes like an agent that failed when no thread could be started for the close. */
    @Test
    void shouldNotWaitForAnAgentThatWaitsForTheStartThatFailed() throws InterruptedException {
        final CountDownLatch closing = new CountDownLatch(1);
        final WorkTransport transport = new WorkTransport(() -> {
            closing.countDown();
            built.get().close();
        });
        final Broker broker = build(builder().transport(transport).onPhase(ended -> {
            if (ended.equals("serving")) {
                transport.begin();
                await(closing);
                throw new IllegalStateException("the test's");
            }
        }));

        assertThatThrownBy(broker::start).hasMessage("the test's");

        assertThat(transport.isAgentClosed()).isTrue();
        assertThat(transport.isClosed()).isTrue();
    }

    @Test
    void shouldCloseWhenAnAgentClosesIt() throws InterruptedException {
        final WorkTransport transport = new WorkTransport(() -> built.get().close());
        final Broker broker = build(builder().transport(transport));
        broker.start();

        transport.begin();

        assertThat(broker.awaitClose()).isNull();
        assertThat(transport.isClosed()).isTrue();
    }

    @Test
    void shouldNotWaitForAnAgentThatClosesItToo() {
        final CountDownLatch closing = new CountDownLatch(1);
        final WorkTransport transport = new WorkTransport(() -> {
            await(closing);
            built.get().close();
        });
        final Broker broker = build(builder().transport(transport).onPhase(ended -> {
            if (ended.equals("serving")) {
                transport.begin();
            }
        }));
        broker.start();

        final Thread closer = inThread(broker::close);
        awaitWaiting(closer);
        closing.countDown();
        broker.close();

        assertThat(transport.isAgentClosed()).isTrue();
        assertThat(transport.isClosed()).isTrue();
    }

    @Test
    void shouldCloseAtTheEndOfTheStartWhenTheStartClosesIt() throws InterruptedException {
        final List<String> phases = new ArrayList<>();
        final WorkTransport transport = new WorkTransport(() -> {});
        final Broker broker = build(builder().transport(transport).onPhase(ended -> {
            phases.add(ended);
            built.get().close();
            assertThat(transport.isClosed()).isFalse();
        }));

        broker.start();

        assertThat(phases).hasSize(4);
        assertThat(transport.isClosed()).isTrue();
        assertThat(broker.awaitClose()).isNull();
    }

    @Test
    void shouldReturnFromEachCloseWhenEverythingIsClosed() throws InterruptedException {
        final WorkTransport transport = new WorkTransport(() -> {});
        final Broker broker = build(builder().transport(transport));
        broker.start();
        final CountDownLatch together = new CountDownLatch(1);
        final AtomicInteger closed = new AtomicInteger();
        final List<Thread> closers = new ArrayList<>();
        for (int i = 0; i < CLOSERS; i++) {
            closers.add(inThread(() -> {
                await(together);
                broker.close();
                closed.addAndGet(transport.isClosed() ? 1 : 0);
            }));
        }

        together.countDown();

        for (final Thread closer : closers) {
            closer.join();
        }
        assertThat(closed).hasValue(CLOSERS);
    }
}
