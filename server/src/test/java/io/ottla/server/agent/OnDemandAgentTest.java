package io.ottla.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs with real threads. The tests do not depend on their speed: everything that a test waits for happens eventually.
 */
@Timeout(300)
class OnDemandAgentTest {
    private static final long LINGER_MS = 2;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ServiceAgent keeper = new ServiceAgent("keeper", Clock.system(), true);
    private final AgentThread keepersThread = new AgentThread(keeper, keeper, failure::set);
    private final OnDemandAgent agent = new OnDemandAgent("wanted", Clock.system(), true, LINGER_MS, failure::set);

    @BeforeEach
    void start() {
        keepersThread.start();
    }

    @AfterEach
    void stop() {
        agent.stop();
        keepersThread.stop();
        agent.join();
        keepersThread.join();
        assertThat(failure.get()).isNull();
        assertThat(isThere()).isFalse();
    }

    private static boolean isThere() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("ottla-wanted"));
    }

    private Thread threadOfCommand() {
        final CompletableFuture<Thread> thread = new CompletableFuture<>();
        agent.execute(() -> thread.complete(Thread.currentThread()));
        return thread.join();
    }

    @Test
    void shouldHaveNoThreadBeforeItBegins() throws InterruptedException {
        final CountDownLatch done = new CountDownLatch(2);
        agent.timers().schedule(1, done::countDown);
        agent.execute(done::countDown);
        assertThat(isThere()).isFalse();

        agent.begin(keeper, keeper.timers());

        done.await();
    }

    @Test
    void shouldHaveNoThreadWhenItBeginsWithNothing() {
        agent.begin(keeper, keeper.timers());

        assertThat(isThere()).isFalse();
    }

    @Test
    void shouldEndItsThreadAndStartAnotherOneForACommand() throws InterruptedException {
        agent.begin(keeper, keeper.timers());
        for (int i = 0; i < 20; i++) {
            final Thread thread = threadOfCommand();
            thread.join();
            assertThat(threadOfCommand()).isNotSameAs(thread);
        }
    }

    @Test
    void shouldRunTimersThatAreDueAfterItsThreadHasEnded() throws Exception {
        agent.begin(keeper, keeper.timers());
        Thread scheduledBy;
        Thread ranBy;
        // They are equal, once, if the machine stalls for longer than the delay.
        do {
            final CompletableFuture<Thread> scheduled = new CompletableFuture<>();
            final CompletableFuture<Thread> ran = new CompletableFuture<>();
            agent.execute(() -> {
                scheduled.complete(Thread.currentThread());
                agent.timers().schedule(200, () -> ran.complete(Thread.currentThread()));
            });
            scheduledBy = scheduled.get();
            ranBy = ran.get();
        } while (scheduledBy == ranBy);
        assertThat(scheduledBy.isAlive()).isFalse();
    }

    @Test
    void shouldRunEachCommandOnceAndInOrderWhileThreadsComeAndGo() throws InterruptedException {
        agent.begin(keeper, keeper.timers());
        final AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 300; i++) {
            final int expected = 2 * i;
            final CountDownLatch done = new CountDownLatch(2);
            for (int command = 0; command < 2; command++) {
                final int number = expected + command;
                agent.execute(() -> {
                    if (ran.compareAndSet(number, number + 1)) {
                        done.countDown();
                    }
                });
            }
            done.await();
            // About as long as the thread stays, so that commands arrive while it ends.
            Thread.sleep(LINGER_MS);
        }
    }

    @Test
    void shouldStartNoThreadAfterItWasStopped() {
        agent.begin(keeper, keeper.timers());
        agent.stop();
        agent.execute(() -> failure.set(new AssertionError("ran")));

        agent.join();

        assertThat(isThere()).isFalse();
    }

    /** As in Kafka, whose handlers and coordinators catch whatever an event throws. */
    @Test
    void shouldContinueWhenACommandThrowsAnError() {
        agent.begin(keeper, keeper.timers());
        agent.execute(() -> {
            throw new StackOverflowError("a test's");
        });

        threadOfCommand();
    }
}
