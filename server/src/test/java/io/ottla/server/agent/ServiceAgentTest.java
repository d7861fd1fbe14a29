package io.ottla.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Clock;
import io.ottla.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ServiceAgentTest {
    @Test
    void shouldRunCommandsInOrderAndTimersWhenDue() {
        final ManualClock clock = new ManualClock();
        final ServiceAgent agent = new ServiceAgent("service", clock, false);
        final List<String> done = new ArrayList<>();
        agent.timers().schedule(10, () -> done.add("timer"));
        agent.execute(() -> {
            done.add("first");
            agent.execute(() -> done.add("third"));
        });
        agent.execute(() -> done.add("second"));

        agent.doWork();
        agent.doWork();
        assertThat(done).containsExactly("first", "second", "third");
        assertThat(agent.doWork()).isZero();
        clock.advanceMs(12);
        agent.doWork();

        assertThat(done).endsWith("timer");
    }

    @Test
    void shouldSleepWhenIdleAndWakeForCommandsAndTimers() throws InterruptedException {
        final ServiceAgent agent = new ServiceAgent("service", Clock.system(), true);
        final AtomicInteger cycles = new AtomicInteger();
        final Agent counting = new Agent() {
            @Override
            public int doWork() {
                cycles.incrementAndGet();
                return agent.doWork();
            }

            @Override
            public String roleName() {
                return "counting";
            }
        };
        final AgentThread thread = new AgentThread(counting, agent, failure -> {});
        thread.start();
        final CountDownLatch timer = new CountDownLatch(1);
        agent.execute(() -> agent.timers().schedule(50, timer::countDown));
        for (int i = 0; i < 1000; i++) {
            final CountDownLatch command = new CountDownLatch(1);
            agent.execute(command::countDown);
            assertThat(command.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(timer.await(60, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(20);
        final int before = cycles.get();
        Thread.sleep(200);

        assertThat(cycles.get() - before).isLessThanOrEqualTo(2);
        thread.stop();
        thread.join();
    }

    /** Kafka's request handlers and coordinators catch Throwable around each event, too. */
    @Test
    void shouldRunTheRestWhenCommandsAndTimersThrowErrors() {
        final ManualClock clock = new ManualClock();
        final ServiceAgent agent = new ServiceAgent("service", clock, false);
        final List<String> done = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final String name = "timer " + i;
            agent.timers().schedule(10, () -> {
                done.add(name);
                throw new StackOverflowError("a test's");
            });
        }
        agent.execute(() -> {
            throw new OutOfMemoryError("a test's");
        });
        agent.execute(() -> done.add("command"));
        agent.doWork();
        clock.advanceMs(12);
        while (agent.doWork() > 0) {
            // Until there is no work left.
        }

        assertThat(done).containsExactly("command", "timer 0", "timer 1", "timer 2");
    }

    @Test
    void shouldReportTheFailureFirstAndCloseTheAgentOnceWhenItFails() {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final StackOverflowError error = new StackOverflowError("a test's");
        final Agent failing = new Agent() {
            @Override
            public int doWork() {
                throw error;
            }

            @Override
            public void onClose() {
                calls.add("closed");
                // The same object: it cannot be added to itself as suppressed.
                throw error;
            }

            @Override
            public String roleName() {
                return "failing";
            }
        };
        final AgentThread thread = new AgentThread(failing, command -> {}, failure -> calls.add("failed: " + failure));
        thread.start();
        thread.join();
        thread.stop();

        assertThat(calls).containsExactly("failed: " + error, "closed");
    }

    @Test
    void shouldStopWhenRequested() {
        final ServiceAgent agent = new ServiceAgent("service", Clock.system(), true);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final AgentThread thread = new AgentThread(agent, agent, failure::set);
        thread.start();

        thread.stop();
        thread.join();

        assertThat(failure.get()).isNull();
    }
}
