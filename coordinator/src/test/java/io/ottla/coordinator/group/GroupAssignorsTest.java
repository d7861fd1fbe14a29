package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.group.PartitionAssignor.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the assignors. */
class GroupAssignorsTest {
    private static final UUID ORDERS = new UUID(1, 1);
    private static final UUID PAYMENTS = new UUID(1, 2);

    private final UniformAssignor uniform = new UniformAssignor();
    private final RangeAssignor range = new RangeAssignor();

    private static Member member(final String id, final Set<UUID> topics, final Map<UUID, Set<Integer>> assigned) {
        return new Member(id, null, null, new TreeSet<>(topics), assigned);
    }

    private static Member member(final String id) {
        return member(id, Set.of(ORDERS, PAYMENTS), Map.of());
    }

    @Test
    void shouldGiveRunsOfEachTopicWhenRange() {
        final var result = range.assign(List.of(member("a"), member("b")), topic -> topic.equals(ORDERS) ? 5 : 2);
        assertThat(result.get("a")).isEqualTo(Map.of(ORDERS, Set.of(0, 1, 2), PAYMENTS, Set.of(0)));
        assertThat(result.get("b")).isEqualTo(Map.of(ORDERS, Set.of(3, 4), PAYMENTS, Set.of(1)));
    }

    @Test
    void shouldKeepStaticMembersInPlaceWhenRange() {
        final Member first = new Member("z", "1", null, Set.of(ORDERS), Map.of());
        final Member second = new Member("a", "2", null, Set.of(ORDERS), Map.of());
        final var result = range.assign(List.of(second, first), topic -> 2);
        assertThat(result.get("z")).isEqualTo(Map.of(ORDERS, Set.of(0)));
        assertThat(result.get("a")).isEqualTo(Map.of(ORDERS, Set.of(1)));
    }

    @Test
    void shouldMoveNoMoreThanItMustWhenUniform() {
        final Map<UUID, Set<Integer>> all = Map.of(ORDERS, Set.of(0, 1, 2, 3, 4, 5));
        final Member old = member("a", Set.of(ORDERS), all);
        final var two = uniform.assign(List.of(old, member("b", Set.of(ORDERS), Map.of())), topic -> 6);
        assertThat(two.get("a").get(ORDERS)).hasSize(3);
        assertThat(two.get("b").get(ORDERS)).hasSize(3);
        final var three = uniform.assign(
                List.of(
                        member("a", Set.of(ORDERS), two.get("a")),
                        member("b", Set.of(ORDERS), two.get("b")),
                        member("c", Set.of(ORDERS), Map.of())),
                topic -> 6);
        assertThat(two.get("a").get(ORDERS)).containsAll(three.get("a").get(ORDERS));
        assertThat(two.get("b").get(ORDERS)).containsAll(three.get("b").get(ORDERS));
        assertThat(three.get("c").get(ORDERS)).hasSize(2);
        final var again = uniform.assign(
                List.of(member("a", Set.of(ORDERS), three.get("a")), member("b", Set.of(ORDERS), three.get("b"))),
                topic -> 6);
        assertThat(again.get("a").get(ORDERS)).containsAll(three.get("a").get(ORDERS));
        assertThat(again.get("b").get(ORDERS)).containsAll(three.get("b").get(ORDERS));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveAllMembersAboutTheSameNumberWhenUniform(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final List<UUID> topics = new ArrayList<>();
            final Map<UUID, Integer> counts = new TreeMap<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                topics.add(new UUID(2, i));
                counts.put(topics.get(i), random.nextInt(9));
            }
            final List<Member> members = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(7); i++) {
                final Set<UUID> wanted = new TreeSet<>(topics);
                wanted.removeIf(topic -> random.nextInt(3) == 0);
                members.add(member("m" + i, wanted, randomPartitions(random, topics)));
            }
            checkBalance(members, uniform.assign(members, counts::get), "seed " + seed);
        }
    }

    private static Map<UUID, Set<Integer>> randomPartitions(final Random random, final List<UUID> topics) {
        final Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        for (final UUID topic : topics) {
            final Set<Integer> some = new TreeSet<>();
            for (int i = 0; i < random.nextInt(6); i++) {
                some.add(random.nextInt(12));
            }
            partitions.put(topic, some);
        }
        return partitions;
    }

    /** Checks that no member has two partitions more than another one that could take one of them. */
    private static void checkBalance(
            final List<Member> members, final Map<String, Map<UUID, Set<Integer>>> result, final String where) {
        for (final Member rich : members) {
            for (final Member poor : members) {
                if (size(result.get(rich.memberId())) > size(result.get(poor.memberId())) + 1) {
                    assertThat(result.get(rich.memberId()).keySet()).as(where).noneMatch(poor.topics()::contains);
                }
            }
        }
    }

    private static int size(final Map<UUID, Set<Integer>> partitions) {
        return partitions.values().stream().mapToInt(Set::size).sum();
    }
}
