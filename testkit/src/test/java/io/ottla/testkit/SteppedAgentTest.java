package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SteppedAgentTest {
    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final List<String> ran = new ArrayList<>();

    @Test
    void shouldRunWhatWasQueuedBeforeTheCycleOnly() {
        agent.execute(() -> {
            ran.add("first");
            agent.execute(() -> ran.add("second"));
        });
        assertThat(ran).isEmpty();
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(ran).containsExactly("first");
        assertThat(agent.doAllWork()).isEqualTo(1);
        assertThat(ran).containsExactly("first", "second");
        assertThat(agent.doWork()).isZero();
    }

    @Test
    void shouldRunTimersInTheOrderOfTheirDeadlinesWhenTheClockMoves() {
        agent.timers().schedule(900, () -> ran.add("late"));
        agent.timers().schedule(100, () -> {
            ran.add("early");
            agent.timers().schedule(100, () -> ran.add("after early"));
        });
        agent.advanceMs(50);
        assertThat(ran).isEmpty();
        agent.advanceMs(1000);
        assertThat(ran).containsExactly("early", "after early", "late");
        assertThat(clock.epochMs()).isEqualTo(ManualClock.EPOCH_MS_DEFAULT + 1050);
    }

    @Test
    void shouldGiveUpWhenWorkDoesNotEnd() {
        agent.execute(new Runnable() {
            @Override
            public void run() {
                agent.execute(this);
            }
        });
        assertThatThrownBy(agent::doAllWork).isInstanceOf(AssertionError.class).hasMessageContaining("still busy");
    }
}
