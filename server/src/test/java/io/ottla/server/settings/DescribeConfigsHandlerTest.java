package io.ottla.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeConfigsRequest;
import io.ottla.codec.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.ottla.codec.message.DescribeConfigsResponse;
import io.ottla.codec.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.ottla.codec.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.ottla.server.Proves;
import io.ottla.server.config.BrokerKeys;
import io.ottla.server.config.TopicKeys;
import io.ottla.server.testkit.SteppedBroker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expects the responses of Kafka 4.4.0, except for the values that only the broker itself knows. */
@Proves(ApiKey.DESCRIBE_CONFIGS)
class DescribeConfigsHandlerTest {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte BROKER_LOGGER = 8;
    private static final byte CLIENT_METRICS = 16;
    private static final byte GROUP = 32;

    private final SteppedBroker broker = new SteppedBroker("message.max.bytes", " 999999", "node.id", "7");

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void shouldDescribeAllKeysOfATopicWhenNoKeyIsNamed(final int version) {
        broker.createTopic("orders", 1, "cleanup.policy", " compact , delete");

        final DescribeConfigsResult result = describe(version, true, version >= 3, resource(TOPIC, "orders"));

        assertThat(result.errorCode()).isZero();
        assertThat(result.errorMessage()).isEmpty();
        assertThat(result.resourceType()).isEqualTo(TOPIC);
        assertThat(result.resourceName()).isEqualTo("orders");
        assertThat(result.configs())
                .hasSize(37)
                .extracting(DescribeConfigsResourceResult::name)
                .isSorted();
        final DescribeConfigsResourceResult policy = config(result, "cleanup.policy");
        assertThat(policy.value()).isEqualTo("compact,delete");
        assertThat(policy.readOnly()).isFalse();
        assertThat(policy.isSensitive()).isFalse();
        assertThat(policy.configSource()).isEqualTo((byte) 1);
        assertThat(policy.configType()).isEqualTo((byte) (version >= 3 ? 7 : 0));
        assertThat(policy.documentation()).isEqualTo(version >= 3 ? TopicKeys.CLEANUP_POLICY.doc() : "");
        assertThat(synonyms(policy)).containsExactly("cleanup.policy=compact,delete@1", "log.cleanup.policy=delete@5");
        assertThat(synonyms(config(result, "max.message.bytes")))
                .containsExactly("message.max.bytes=999999@4", "message.max.bytes=1048588@5");
    }

    /** Kafka describes all of them, even a million names of groups that do not exist. */
    @Test
    void shouldRefuseTheRestWhenTheResponseHasTooManyEntries() {
        try (SteppedBroker bounded = new SteppedBroker("ottla.request.elements.max", "160")) {
            bounded.createTopic("orders", 1);
            final DescribeConfigsRequest request = new DescribeConfigsRequest();
            for (int i = 0; i < 5; i++) {
                request.resources().add(resource(TOPIC, "orders"));
            }
            final DescribeConfigsResponse response = bounded.connect().ask(4, request);
            assertThat(response.results())
                    .extracting(result -> ErrorCode.of(result.errorCode()))
                    .containsExactly(
                            ErrorCode.NONE,
                            ErrorCode.NONE,
                            ErrorCode.NONE,
                            ErrorCode.INVALID_REQUEST,
                            ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void shouldLeaveOutWhatIsNotRequested() {
        broker.createTopic("orders", 1, "retention.ms", "12345");

        final DescribeConfigsResult result =
                describe(4, false, false, resource(TOPIC, "orders", "retention.ms", "nope", "retention.ms"));

        assertThat(result.configs()).hasSize(1);
        final DescribeConfigsResourceResult retention = result.configs().getFirst();
        assertThat(retention.name()).isEqualTo("retention.ms");
        assertThat(retention.value()).isEqualTo("12345");
        assertThat(retention.synonyms()).isEmpty();
        assertThat(retention.documentation()).isNull();
    }

    @Test
    void shouldDescribeAllKeysWhenTheListOfKeysIsEmpty() {
        broker.createTopic("orders", 1);

        assertThat(describe(4, false, false, resource(TOPIC, "orders").setConfigurationKeys(List.of()))
                        .configs())
                .hasSize(37);
    }

    @Test
    void shouldDescribeEveryKeyOfTheBrokerWhenItIsNamed() {
        final DescribeConfigsResult result = describe(4, true, true, resource(BROKER, "7"));

        assertThat(result.errorCode()).isZero();
        assertThat(result.configs())
                .hasSameSizeAs(BrokerKeys.all().stream()
                        .filter(key -> !key.isInternal())
                        .toList());
        assertThat(result.configs())
                .allMatch(DescribeConfigsResourceResult::readOnly)
                .allMatch(config -> config.documentation().length() > 10);
        assertThat(config(result, "node.id").value()).isEqualTo("7");
        assertThat(config(result, "broker.id").value()).isEqualTo("7");
        assertThat(config(result, "ottla.storage").value()).isEqualTo("memory");
        assertThat(synonyms(config(result, "message.max.bytes")))
                .containsExactly("message.max.bytes=999999@4", "message.max.bytes=1048588@5");
        assertThat(config(result, "log.retention.ms").value()).isNull();
    }

    @Test
    void shouldDescribeNothingWhenTheDefaultsOfAllBrokersAreRequested() {
        final DescribeConfigsResult result = describe(4, true, true, resource(BROKER, ""));

        assertThat(result.errorCode()).isZero();
        assertThat(result.configs()).isEmpty();
    }

    @Test
    void shouldDescribeDefaultsWhenAGroupOrSubscriptionHasNoOverrides() {
        final DescribeConfigsResult group = describe(4, true, false, resource(GROUP, "g"));
        final DescribeConfigsResult subscription = describe(4, true, false, resource(CLIENT_METRICS, "m"));

        assertThat(group.configs()).hasSize(21);
        assertThat(synonyms(config(group, "consumer.session.timeout.ms")))
                .containsExactly("group.consumer.session.timeout.ms=45000@5");
        assertThat(subscription.configs())
                .extracting(config -> config.name() + "=" + config.value())
                .containsExactly("interval.ms=300000", "match=", "metrics=");
    }

    @Test
    void shouldDescribeTheLevelOfTheRootLoggerWhenLoggersAreRequested() {
        final DescribeConfigsResult result = describe(4, true, true, resource(BROKER_LOGGER, "7"));

        assertThat(result.configs()).hasSize(1);
        assertThat(result.configs().getFirst().name()).isEqualTo("root");
        assertThat(result.configs().getFirst().configSource()).isEqualTo((byte) 6);
        assertThat(result.configs().getFirst().value()).isIn("TRACE", "DEBUG", "INFO", "WARN", "ERROR");
        assertThat(describe(4, true, true, resource(BROKER_LOGGER, "7", "other"))
                        .configs())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2, nope, UNKNOWN_TOPIC_OR_PARTITION, ''",
        "2, '', INVALID_TOPIC_EXCEPTION, 'Topic name is invalid: the empty string is not allowed'",
        "4, 8, INVALID_REQUEST, 'Unexpected broker id, expected 7 or empty string, but received 8'",
        "4, x, INVALID_REQUEST, 'Broker id must be an integer, but it is: x'",
        "8, 8, INVALID_REQUEST, 'Unexpected broker id, expected 7 but received 8'",
        "8, x, INVALID_REQUEST, 'Broker id must be an integer, but it is: x'",
        "8, '', INVALID_REQUEST, 'Broker id must not be empty'",
        "16, '', INVALID_REQUEST, 'Client metrics subscription name must not be empty'",
        "32, '', INVALID_REQUEST, 'Group name must not be empty'"
    })
    void shouldExplainWhenAResourceDoesNotExist(
            final byte type, final String name, final ErrorCode error, final String message) {
        final DescribeConfigsResult result = describe(4, true, true, resource(type, name));

        assertThat(ErrorCode.of(result.errorCode())).isEqualTo(error);
        assertThat(result.errorMessage()).isEqualTo(message);
        assertThat(result.resourceName()).isEqualTo(name);
        assertThat(result.configs()).isEmpty();
    }

    @Test
    void shouldAnswerEachResourceWhenOneOfThemDoesNotExist() {
        broker.createTopic("orders", 1);

        final DescribeConfigsResponse response =
                ask(4, false, false, resource(TOPIC, "nope"), resource(TOPIC, "orders"), resource(TOPIC, "orders"));

        assertThat(response.results())
                .extracting(result -> ErrorCode.of(result.errorCode()))
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE, ErrorCode.NONE);
    }

    @Test
    void shouldRefuseAllResourcesWhenOneIsOfNoKnownType() {
        broker.createTopic("orders", 1);

        final DescribeConfigsResponse response =
                ask(4, false, false, resource(TOPIC, "orders"), resource((byte) 3, "orders"));

        assertThat(response.results())
                .extracting(result -> ErrorCode.of(result.errorCode()))
                .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST);
    }

    private static DescribeConfigsResource resource(final byte type, final String name, final String... keys) {
        return new DescribeConfigsResource()
                .setResourceType(type)
                .setResourceName(name)
                .setConfigurationKeys(keys.length == 0 ? null : List.of(keys));
    }

    private DescribeConfigsResult describe(
            final int version, final boolean synonyms, final boolean docs, final DescribeConfigsResource resource) {
        return ask(version, synonyms, docs, resource).results().getFirst();
    }

    private DescribeConfigsResponse ask(
            final int version, final boolean synonyms, final boolean docs, final DescribeConfigsResource... resources) {
        return broker.admin()
                .ask(
                        version,
                        new DescribeConfigsRequest()
                                .setResources(List.of(resources))
                                .setIncludeSynonyms(synonyms)
                                .setIncludeDocumentation(docs));
    }

    private static DescribeConfigsResourceResult config(final DescribeConfigsResult result, final String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static List<String> synonyms(final DescribeConfigsResourceResult config) {
        return config.synonyms().stream()
                .map(synonym -> synonym.name() + "=" + synonym.value() + "@" + synonym.source())
                .toList();
    }
}
