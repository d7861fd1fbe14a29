package io.ottla.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.testkit.ManualClock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the property holds for a correct machine, and fails for wrong ones. */
class ReplayPropertyTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldHoldWhenAMachineIsRight(final long seed) {
        final ReplayProperty<Tally, Tally.Change> property = property(seed, Tally::new);
        property.run(2000, ReplayPropertyTest::addOrTake);
        assertThat(property.applied()).isGreaterThan(1000);
        assertThat(property.machine().numbers).isNotEmpty();
    }

    @Test
    void shouldFailWhenStateIsChangedOutsideOfReplay() {
        final ReplayProperty<Tally, Tally.Change> property = property(1, Tally::new);
        assertThatThrownBy(() -> property.run(
                        200,
                        (random, it) -> it.write((tally, nowMs) -> {
                            tally.numbers.put("stray", 1);
                            return tally.add("a", 1);
                        })))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 1");
    }

    @Test
    void shouldFailWhenReplayDependsOnMoreThanTheLog() {
        final Random chance = new Random(1);
        final ReplayProperty<Tally, Tally.Change> property = property(1, timers -> {
            final int amount = chance.nextInt();
            final Tally tally = new Tally(timers);
            tally.numbers.put("chance", amount);
            return tally;
        });
        assertThatThrownBy(() -> property.run(200, ReplayPropertyTest::addOrTake))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("replayed state and live state, seed 1");
    }

    private static void addOrTake(final Random random, final ReplayProperty<Tally, Tally.Change> property) {
        final String name = "n" + random.nextInt(10);
        if (random.nextInt(4) == 0) {
            property.write((tally, nowMs) -> Outcome.write(List.of(new Tally.Change(name, null)), null));
        } else {
            property.write((tally, nowMs) -> tally.add(name, random.nextInt(3)));
        }
    }

    private static ReplayProperty<Tally, Tally.Change> property(
            final long seed, final StateMachine.Factory<Tally, Tally.Change> factory) {
        return new ReplayProperty<>(
                seed,
                TestLogs.open(new ManualClock(), "__tally"),
                factory,
                Tally.SERDE,
                tally -> Map.copyOf(tally.numbers));
    }
}
