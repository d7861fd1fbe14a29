package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.group.PartitionAssignor;
import io.ottla.api.group.PartitionAssignor.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract tests of every {@link PartitionAssignor}, at least one for each guarantee. Extend this class in the
 * tests of an assignor, and name the one to test:
 *
 * <pre>{@code
 * class MyAssignorTest extends PartitionAssignorContract {
 *     @Override
 *     protected PartitionAssignor assignor() {
 *         return new MyAssignor();
 *     }
 * }
 * }</pre>
 *
 * <p>The balance of an assignment and the partitions that do not move are up to the assignor and not tested here.
 */
public abstract class PartitionAssignorContract {
    private static final UUID ORDERS = new UUID(1, 1);
    private static final UUID PAYMENTS = new UUID(1, 2);
    private static final UUID GONE = new UUID(1, 3);

    /** Creates the tests of the assignor from {@link #assignor()}. */
    protected PartitionAssignorContract() {}

    /**
     * Returns the assignor to test.
     *
     * @return a new one at each call.
     */
    protected abstract PartitionAssignor assignor();

    private static Member member(final String id, final Set<UUID> topics, final Map<UUID, Set<Integer>> assigned) {
        return new Member(id, null, null, topics, assigned);
    }

    @Test
    void shouldBeAProviderOfThisVersion() {
        assertThat(assignor().name())
                .matches("[a-z0-9._-]+")
                .isEqualTo(assignor().name());
        assertThat(assignor().spiVersion()).isEqualTo(PartitionAssignor.SPI_VERSION);
    }

    @Test
    void shouldGiveNothingWhenThereIsNothing() {
        assertDivided(List.of(), Map.of());
        assertDivided(List.of(member("a", Set.of(), Map.of())), Map.of());
        assertDivided(List.of(member("a", Set.of(ORDERS), Map.of())), Map.of(ORDERS, 0));
    }

    @Test
    void shouldGiveEverythingToTheOnlyMember() {
        final var result =
                assertDivided(List.of(member("a", Set.of(ORDERS, PAYMENTS), Map.of())), Map.of(ORDERS, 3, PAYMENTS, 1));
        assertThat(result.get("a")).isEqualTo(Map.of(ORDERS, Set.of(0, 1, 2), PAYMENTS, Set.of(0)));
    }

    @Test
    void shouldGiveATopicOnlyToThoseWhoWantIt() {
        assertDivided(
                List.of(
                        member("a", Set.of(ORDERS), Map.of()),
                        member("b", Set.of(PAYMENTS), Map.of()),
                        member("c", Set.of(), Map.of())),
                Map.of(ORDERS, 2, PAYMENTS, 2));
    }

    @Test
    void shouldTakeAwayWhatIsGoneOrNotWantedAnyMore() {
        assertDivided(
                List.of(
                        member("a", Set.of(ORDERS), Map.of(ORDERS, Set.of(0, 1, 2, 99), PAYMENTS, Set.of(0))),
                        member("b", Set.of(PAYMENTS), Map.of(GONE, Set.of(0), PAYMENTS, Set.of(1)))),
                Map.of(ORDERS, 2, PAYMENTS, 2));
    }

    @Test
    void shouldGiveAPartitionOnceThoughTwoMembersHadIt() {
        final Map<UUID, Set<Integer>> all = Map.of(ORDERS, Set.of(0, 1));
        assertDivided(List.of(member("a", Set.of(ORDERS), all), member("b", Set.of(ORDERS), all)), Map.of(ORDERS, 2));
    }

    @Test
    void shouldDivideAmongMembersWithNamesAndRacks() {
        assertDivided(
                List.of(
                        new Member("a", "instance-2", "rack-1", Set.of(ORDERS), Map.of()),
                        new Member("b", null, "rack-2", Set.of(ORDERS), Map.of()),
                        new Member("c", "instance-1", null, Set.of(ORDERS), Map.of())),
                Map.of(ORDERS, 7));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldGiveEachPartitionToExactlyOneMemberThatWantsItsTopic(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            final Map<UUID, Integer> counts = randomTopics(random);
            assertDivided(randomMembers(random, counts.keySet()), counts);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void shouldGiveTheSameAnswerToTheSameQuestion(final long seed) {
        final Random random = new Random(seed);
        final PartitionAssignor used = assignor();
        for (int round = 0; round < 100; round++) {
            final Map<UUID, Integer> counts = randomTopics(random);
            final List<Member> members = randomMembers(random, counts.keySet());
            final var first = used.assign(members, counts::get);
            assertThat(used.assign(members, counts::get)).as("seed %d", seed).isEqualTo(first);
            assertThat(assignor().assign(withSetsBackwards(members), counts::get))
                    .as("another assignor, whose sets have another order; seed %d", seed)
                    .isEqualTo(first);
        }
    }

    /**
     * Checks the time of an assignment: all other groups of the coordinator's agent wait meanwhile. The limit leaves
     * room for a busy machine.
     */
    @Test
    @Timeout(30)
    void shouldDivideManyPartitionsAmongManyMembers() {
        final Map<UUID, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            counts.put(new UUID(2, i), 100);
        }
        final List<Member> members = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            members.add(member("member-%04d".formatted(i), counts.keySet(), Map.of()));
        }
        assertDivided(members, counts);
    }

    /** Returns the same members, with their sets and maps in the opposite order. */
    private static List<Member> withSetsBackwards(final List<Member> members) {
        final List<Member> result = new ArrayList<>();
        for (final Member member : members) {
            final Map<UUID, Set<Integer>> assigned = new TreeMap<>(Comparator.reverseOrder());
            member.assigned().forEach((topic, partitions) -> assigned.put(topic, backwards(partitions)));
            result.add(member(member.memberId(), backwards(member.topics()), assigned));
        }
        return result;
    }

    private static <T extends Comparable<? super T>> Set<T> backwards(final Set<T> set) {
        final List<T> sorted = new ArrayList<>(set);
        sorted.sort(Comparator.reverseOrder());
        return new LinkedHashSet<>(sorted);
    }

    private static Map<UUID, Integer> randomTopics(final Random random) {
        final Map<UUID, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            counts.put(new UUID(2, i), random.nextInt(9));
        }
        return counts;
    }

    /**
     * Returns members that subscribe to some of the topics, and whose previous partitions others had too or do not
     * exist.
     */
    private static List<Member> randomMembers(final Random random, final Set<UUID> topics) {
        final List<Member> members = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(7); i++) {
            final Set<UUID> wanted = new TreeSet<>(topics);
            wanted.removeIf(topic -> random.nextInt(3) == 0);
            final Map<UUID, Set<Integer>> assigned = new TreeMap<>();
            for (final UUID topic : topics) {
                final Set<Integer> some = new TreeSet<>();
                for (int j = 0; j < random.nextInt(6); j++) {
                    some.add(random.nextInt(12));
                }
                assigned.put(topic, Collections.unmodifiableSet(some));
            }
            members.add(member("m" + i, Collections.unmodifiableSet(wanted), Collections.unmodifiableMap(assigned)));
        }
        return List.copyOf(members);
    }

    private Map<String, Map<UUID, Set<Integer>>> assertDivided(
            final List<Member> members, final Map<UUID, Integer> counts) {
        final var result = assignor().assign(members, topic -> {
            assertThat(counts).as("a topic that a member wants").containsKey(topic);
            return counts.get(topic);
        });
        assertThat(members).extracting(Member::memberId).containsAll(result.keySet());
        final Set<String> given = new HashSet<>();
        final Set<UUID> wanted = new HashSet<>();
        for (final Member member : members) {
            wanted.addAll(member.topics());
            result.getOrDefault(member.memberId(), Map.of()).forEach((topic, partitions) -> {
                assertThat(member.topics()).as("what %s wants", member).contains(topic);
                for (final int partition : partitions) {
                    assertThat(partition).as("a partition of %s", topic).isBetween(0, counts.get(topic) - 1);
                    assertThat(given.add(topic + "/" + partition))
                            .as("%s/%d is given once to %s", topic, partition, members)
                            .isTrue();
                }
            });
        }
        assertThat(given)
                .as("all is given to %s", members)
                .hasSize(wanted.stream().mapToInt(counts::get).sum());
        return result;
    }
}
