package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ottla.api.ErrorCode;
import io.ottla.testkit.TopicTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the bounds of expressions. Apache Kafka 4.4.0 compiles any expression with RE2/J, answers UNKNOWN_SERVER_ERROR
 * where that overflows the stack, and matches on a thread of its own.
 */
class TopicExpressionTest {
    private static final String GROUP = "group";

    static List<String> tooLarge() {
        return List.of(
                "(".repeat(5000) + "a" + ")".repeat(5000),
                "(".repeat(1500) + "a" + ")".repeat(1500),
                "(a|".repeat(8000),
                "(a|".repeat(1000) + "b" + ")".repeat(1000),
                "()*".repeat(8000),
                "()*".repeat(1000),
                "(?:".repeat(1000) + "a" + ")*".repeat(1000),
                "a*".repeat(2000),
                "((((a{10}){10}){10}){10}){10}",
                "(((a{1000}){1000}){1000}){1000}",
                "(?:a{1000}b{1000}){1000}",
                "a{1000}{1000}",
                "(.?){1000}".repeat(5),
                "\\x{41}{1000}\\pL{1000}\\p{Lu}{1000}",
                "\\Q" + "(".repeat(3000) + "\\E",
                "[]]{1000}[^]]{1000}[\\]]{1000}");
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void shouldRefuseAnExpressionWhenItIsLargeOrDeeplyNested(final String regex) {
        assertThat(refusal(regex).error()).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    }

    private static GroupRefusal refusal(final String regex) {
        return catchThrowableOfType(GroupRefusal.class, () -> TopicExpression.of(regex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(unclosed",
                "closed)",
                "\\Q)))\\E(",
                "[a",
                "[",
                "\\",
                "\\p{Latin",
                "a{2,1}",
                "a**",
                "(a)\\1",
                "(?=a)"
            })
    void shouldRefuseAnExpressionAsKafkaDoesWhenItIsMalformed(final String regex) {
        assertThat(refusal(regex).error()).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(refusal(regex).getMessage())
                .startsWith("SubscribedTopicRegex `" + regex + "` is not a valid regular expression: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                "(orders|payments)-(eu|us)-[0-9]{4}\\.(v1|v2).*",
                ".{1,249}",
                "(?i)\\p{Lu}+\\x{2d}\\d{3,}",
                "a{x}|b{,3}|[[:alpha:]]+[])(]"
            })
    void shouldTakeAnExpressionWhenPeopleWouldWriteIt(final String regex) {
        assertThat(TopicExpression.of(regex).states()).isPositive();
    }

    @Test
    void shouldTakeAnExpressionWhenItIsAtTheBounds() {
        final int nesting = TopicExpression.NESTING_MAX;
        assertThat(TopicExpression.of("(".repeat(nesting) + "a" + ")".repeat(nesting))
                        .matches("a"))
                .isTrue();
        final TopicExpression widest = TopicExpression.of("(.?){" + TopicExpression.SIZE_MAX / 5 + "}");
        assertThat(widest.matches("a".repeat(249))).isTrue();
        assertThat(TopicExpression.of("a*".repeat(TopicExpression.SIZE_MAX / 2)).matches("a".repeat(249)))
                .isTrue();
    }

    @Test
    void shouldRefuseANewExpressionWhenTheNamesOfAllTopicsAreTooMuchForIt() {
        final TopicTable topics = topics(700);
        assertThat(catchThrowableOfType(
                                GroupRefusal.class,
                                () -> change(subscribed(topics, "(.?){100}"), topics, new ArrayList<>())
                                        .resolveRegexes(false))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    }

    @Test
    void shouldRefreshExpressionsInTurnsWhenTheyAreTooManyForOneChange() {
        final TopicTable topics = topics(700);
        final List<String> regexes = List.of("a", "b", "c", "d", "e").stream()
                .map(letter -> letter.repeat(50) + "|t-.*")
                .toList();
        final ConsumerGroup group = subscribed(topics, regexes.toArray(new String[0]));
        final List<GroupRecord> all = new ArrayList<>();
        change(group, topics, all).resolveRegexes(false);
        all.forEach(group::replay);
        topics.add("t-new", 1);

        final List<String> refreshed = new ArrayList<>();
        String cursor;
        int changes = 0;
        do {
            final List<GroupRecord> records = new ArrayList<>();
            final ConsumerChange change = change(group, topics, records);
            change.resolveRegexes(true);
            cursor = change.regexCursor();
            group.topicsSeen().resolvedRegexes(topics.topicsVersion(), cursor, 0);
            records.forEach(record -> refreshed.add(((GroupRecord.Regex) record).regex()));
            records.forEach(group::replay);
            changes++;
        } while (cursor != null);

        assertThat(changes).isEqualTo(2);
        assertThat(refreshed).containsExactlyElementsOf(regexes);
        assertThat(group.topicsSeen().isRegexDue(topics.topicsVersion(), 100_000, 0))
                .isFalse();
    }

    @Test
    void shouldKeepTheTopicsOfAnExpressionWhenItIsTooLargeForARefresh() {
        final TopicTable topics = topics(10);
        final ConsumerGroup group = subscribed(topics, "(.?){100}");
        final List<GroupRecord> records = new ArrayList<>();
        change(group, topics, records).resolveRegexes(false);
        records.forEach(group::replay);
        final TopicTable more = topics(700);

        final List<GroupRecord> refreshed = new ArrayList<>();
        change(group, more, refreshed).resolveRegexes(true);

        assertThat(refreshed).isEmpty();
    }

    private static ConsumerChange change(
            final ConsumerGroup group, final TopicTable topics, final List<GroupRecord> records) {
        return new ConsumerChange(group, new ConsumerTopics(topics), 0, records);
    }

    private static TopicTable topics(final int count) {
        final TopicTable topics = new TopicTable();
        for (int i = 0; i < count; i++) {
            topics.add("t-" + i + "x".repeat(240), 1);
        }
        return topics;
    }

    /** Creates a group with a member for each expression, none of which is resolved yet. */
    private static ConsumerGroup subscribed(final TopicTable topics, final String... regexes) {
        final ConsumerGroup group = new ConsumerGroup(GROUP, GroupMemory.unbounded());
        for (final String regex : regexes) {
            group.replay(new GroupRecord.Subscription(
                    GROUP,
                    "member of " + regex,
                    new ConsumerSubscription(null, null, "", "", new TreeSet<>(), regex, 1000, null, null)));
        }
        assertThat(group.topicsByRegex()).isEqualTo(Map.of());
        return group;
    }
}
