package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.group.ConsumerGroupDescription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Simulates consumers that join, leave, change their subscriptions and lose answers, while the coordinator is
 * restarted. No partition may ever have two owners, and afterwards all partitions must be assigned evenly.
 */
class ConsumerSimulationTest {
    private static final int STEP_MS = 50;
    private static final long SETTLE_MS = 70_000;
    private static final List<List<String>> SUBSCRIPTIONS =
            List.of(List.of("orders"), List.of("payments"), List.of("orders", "payments"));

    private final List<SimulatedConsumer> members = new ArrayList<>();
    private int ids;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldNeverShareAPartition(final long seed) {
        final Random random = new Random(seed);
        try (GroupFixture fixture = new GroupFixture(config -> {
            config.consumerSessionTimeoutMs = 10_000;
            config.assignors = random.nextBoolean() ? List.of("uniform", "range") : List.of("range");
            config.assignmentIntervalMs = random.nextBoolean() ? 0 : 1000;
        })) {
            for (int round = 0; round < 4; round++) {
                final String where = "seed " + seed + ", round " + round;
                for (int i = 0; i < 600; i++) {
                    disturb(random, fixture);
                    step(fixture, where);
                }
                settle(fixture, where);
            }
        }
    }

    private void disturb(final Random random, final GroupFixture fixture) {
        final SimulatedConsumer some = members.isEmpty() ? null : members.get(random.nextInt(members.size()));
        switch (random.nextInt(80)) {
            case 0, 1 -> {
                if (members.size() < 8) {
                    add(random, random.nextInt(3) == 0 ? "i" + ids : null);
                }
            }
            case 2 -> {
                if (some != null) {
                    some.die();
                }
            }
            case 3 -> {
                if (some != null) {
                    final boolean forAWhile = some.instanceId() != null && random.nextBoolean();
                    some.leave(fixture.groups, forAWhile);
                    if (forAWhile) {
                        add(random, some.instanceId());
                    }
                }
            }
            case 4 -> {
                if (some != null) {
                    some.disconnect();
                }
            }
            case 5 -> {
                if (some != null) {
                    some.subscribe(SUBSCRIPTIONS.get(random.nextInt(3)));
                }
            }
            case 6 -> {
                if (random.nextInt(4) == 0) {
                    fixture.restart();
                    members.forEach(SimulatedConsumer::disconnect);
                }
            }
            case 7 -> {
                if (random.nextInt(6) == 0) {
                    grow(fixture);
                }
            }
            default -> {}
        }
        members.removeIf(SimulatedConsumer::isGone);
    }

    private static void grow(final GroupFixture fixture) {
        final var orders = fixture.topics.topic("orders");
        fixture.topics.grow("orders", orders.partitions() + 1);
    }

    private void add(final Random random, final String instanceId) {
        members.add(new SimulatedConsumer(
                "m" + ids++, instanceId, random.nextInt(3000), SUBSCRIPTIONS.get(random.nextInt(3))));
    }

    private void step(final GroupFixture fixture, final String where) {
        fixture.advance(STEP_MS);
        try {
            members.forEach(member -> member.step(fixture.groups, fixture.clock.epochMs()));
        } catch (final AssertionError e) {
            throw new AssertionError(where + ": " + e.getMessage(), e);
        }
        final Map<String, String> holders = new HashMap<>();
        for (final SimulatedConsumer member : members) {
            for (final String partition : member.held()) {
                final String other = holders.put(partition, member.memberId());
                assertThat(other)
                        .as("%s, %s is also owned by %s", where, partition, member.memberId())
                        .isNull();
            }
        }
    }

    private void settle(final GroupFixture fixture, final String where) {
        for (long waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += STEP_MS) {
            step(fixture, where);
        }
        members.removeIf(SimulatedConsumer::isGone);
        if (members.isEmpty()) {
            return;
        }
        final ConsumerGroupDescription group = fixture.done(
                        fixture.groups.describeConsumerGroups(List.of(GroupFixture.GROUP)))
                .getFirst();
        assertThat(group.state()).as(where).isEqualTo("Stable");
        assertThat(group.members())
                .as(where)
                .extracting(ConsumerGroupDescription.Member::memberId)
                .containsExactlyInAnyOrderElementsOf(
                        members.stream().map(SimulatedConsumer::memberId).toList());
        final Set<String> wanted = new TreeSet<>();
        final Set<String> held = new TreeSet<>();
        for (final ConsumerGroupDescription.Member member : group.members()) {
            assertThat(member.epoch()).as(where).isEqualTo(group.epoch());
            for (final String topic : member.topics()) {
                final var image = fixture.topics.topic(topic);
                for (int partition = 0; partition < image.partitions(); partition++) {
                    wanted.add(image.id() + "/" + partition);
                }
            }
        }
        for (final SimulatedConsumer member : members) {
            assertThat(member.epoch()).as(where).isEqualTo(group.epoch());
            held.addAll(member.held());
        }
        assertThat(held).as(where).isEqualTo(wanted);
    }
}
