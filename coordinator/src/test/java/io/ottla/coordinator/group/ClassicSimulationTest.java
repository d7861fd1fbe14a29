package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Simulates many members that join, leave, die, lose their connections and come back, with restarts of the coordinator
 * in between. Afterwards all live members must soon be in one stable generation, with the assignments of its leader.
 */
class ClassicSimulationTest {
    private static final int STEP_MS = 50;
    /** The time of two rebalances that wait for members that are gone, with a margin. */
    private static final long SETTLE_MS = 2L * SimulatedMember.REBALANCE_MS + 2L * SimulatedMember.SESSION_MS + 10_000;

    private final SimulatedMember.Book book = new SimulatedMember.Book();
    private final List<SimulatedMember> members = new ArrayList<>();
    private int instances;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldSettleWhenMembersComeAndGo(final long seed) {
        final Random random = new Random(seed);
        try (GroupFixture fixture =
                new GroupFixture(config -> config.initialRebalanceDelayMs = random.nextBoolean() ? 0 : 1000)) {
            for (int round = 0; round < 6; round++) {
                final String where = "seed " + seed + ", round " + round;
                for (int i = 0; i < 400; i++) {
                    disturb(random, fixture);
                    step(fixture, where);
                }
                settle(fixture, where);
            }
        }
    }

    @Test
    void shouldSettleWhenThereAreVeryManyMembers() {
        try (GroupFixture fixture = new GroupFixture()) {
            for (int i = 0; i < 300; i++) {
                members.add(new SimulatedMember(null, book));
            }
            settle(fixture, "many");
        }
    }

    private void disturb(final Random random, final GroupFixture fixture) {
        final SimulatedMember some = members.isEmpty() ? null : members.get(random.nextInt(members.size()));
        switch (random.nextInt(120)) {
            case 0, 1, 2, 3 -> {
                if (members.size() < 12) {
                    members.add(new SimulatedMember(random.nextInt(3) == 0 ? "i" + instances++ : null, book));
                }
            }
            case 4 -> {
                if (some != null) {
                    some.die();
                    members.remove(some);
                    if (some.instanceId() != null && random.nextBoolean()) {
                        members.add(new SimulatedMember(some.instanceId(), book));
                    }
                }
            }
            case 5 -> {
                if (some != null) {
                    some.leave(fixture.groups);
                    members.remove(some);
                }
            }
            case 6, 7 -> {
                if (some != null) {
                    some.disconnect();
                }
            }
            case 8 -> {
                if (random.nextInt(3) == 0) {
                    fixture.restart();
                    members.forEach(SimulatedMember::disconnect);
                }
            }
            default -> {}
        }
    }

    private void step(final GroupFixture fixture, final String where) {
        fixture.advance(STEP_MS);
        try {
            members.forEach(member -> member.step(fixture.groups, fixture.clock.epochMs()));
        } catch (final AssertionError e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
    }

    private void settle(final GroupFixture fixture, final String where) {
        for (long waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += STEP_MS) {
            step(fixture, where);
        }
        final ClassicGroupDescription group = fixture.describe();
        if (members.isEmpty()) {
            assertThat(group.error() == ErrorCode.GROUP_ID_NOT_FOUND
                            || group.state().equals("Empty"))
                    .as(where)
                    .isTrue();
            return;
        }
        assertThat(group.state()).as(where).isEqualTo("Stable");
        final Set<Integer> generations = new HashSet<>();
        final Set<String> ids = new HashSet<>();
        for (final SimulatedMember member : members) {
            assertThat(member.isStable())
                    .as("%s, %s is stable", where, member.memberId())
                    .isTrue();
            generations.add(member.generation());
            ids.add(member.memberId());
        }
        assertThat(generations).as(where).hasSize(1);
        assertThat(group.members())
                .as(where)
                .extracting(ClassicGroupDescription.Member::memberId)
                .containsExactlyInAnyOrderElementsOf(ids);
        final int generation = generations.iterator().next();
        for (final ClassicGroupDescription.Member member : group.members()) {
            assertThat(GroupFixture.text(member.assignment())).as(where).startsWith(generation + " for ");
            if (member.instanceId() == null) {
                assertThat(GroupFixture.text(member.assignment()))
                        .as(where)
                        .startsWith(generation + " for " + member.memberId());
            }
        }
    }
}
