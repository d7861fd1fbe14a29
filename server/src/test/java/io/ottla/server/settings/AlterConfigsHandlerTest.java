package io.ottla.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.AlterConfigsRequest;
import io.ottla.codec.message.AlterConfigsResponse;
import io.ottla.codec.message.AlterConfigsResponse.AlterConfigsResourceResponse;
import io.ottla.codec.message.DescribeConfigsRequest;
import io.ottla.codec.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.ottla.codec.message.DescribeConfigsResponse;
import io.ottla.codec.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.ottla.codec.message.IncrementalAlterConfigsRequest;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.codec.message.IncrementalAlterConfigsResponse;
import io.ottla.server.Batches;
import io.ottla.server.Proves;
import io.ottla.server.config.DescribedConfig;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expects the responses of Kafka 4.4.0, except where only topics can be changed. */
@Proves({ApiKey.ALTER_CONFIGS, ApiKey.INCREMENTAL_ALTER_CONFIGS})
class AlterConfigsHandlerTest {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;
    private static final String DONE = "NONE: null";

    private final SteppedBroker broker = new SteppedBroker();

    @BeforeEach
    void createTopic() {
        broker.createTopic("orders", 2, "retention.ms", "12345");
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldChangeOnlyWhatIsNamedWhenIncremental(final int version) {
        assertThat(change(version, false, resource(TOPIC, "orders", config("max.message.bytes", SET, " 2000 "))))
                .isEqualTo(DONE);

        assertThat(settings()).isEqualTo(Map.of("retention.ms", "12345", "max.message.bytes", "2000"));

        assertThat(change(version, false, resource(TOPIC, "orders", config("retention.ms", DELETE, "ignored"))))
                .isEqualTo(DONE);

        assertThat(settings()).isEqualTo(Map.of("max.message.bytes", "2000"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldTakeBackWhatIsNotNamedWhenReplacing(final int version) {
        assertThat(replace(version, false, TOPIC, "orders", "flush.ms", "7")).isEqualTo(DONE);
        assertThat(settings()).isEqualTo(Map.of("flush.ms", "7"));

        assertThat(replace(version, false, TOPIC, "orders")).isEqualTo(DONE);
        assertThat(settings()).isEmpty();
    }

    @Test
    void shouldChangeNothingWhenOnlyValidated() {
        assertThat(change(1, true, resource(TOPIC, "orders", config("flush.ms", SET, "7"))))
                .isEqualTo(DONE);
        assertThat(replace(2, true, TOPIC, "orders", "flush.ms", "7")).isEqualTo(DONE);
        assertThat(change(1, true, resource(TOPIC, "orders", config("flush.ms", SET, "x"))))
                .startsWith("INVALID_CONFIG");

        assertThat(settings()).isEqualTo(Map.of("retention.ms", "12345"));
    }

    @Test
    void shouldAppendToAndSubtractFromListsWhenRequested() {
        assertThat(alterPolicy(APPEND, "compact")).isEqualTo("delete,compact");
        assertThat(alterPolicy(APPEND, "compact, delete")).isEqualTo("delete,compact");
        assertThat(alterPolicy(SUBTRACT, "delete")).isEqualTo("compact");
        assertThat(alterPolicy(SUBTRACT, "delete")).isEqualTo("compact");
        assertThat(alterPolicy(SUBTRACT, "compact")).isEmpty();
        assertThat(alterPolicy(APPEND, "delete")).isEqualTo("delete");
    }

    @Test
    void shouldTakeEffectAtOnceWhenChanged() {
        final ByteBuffer batch = Batches.of("a value of some length");
        assertThat(produce(batch)).isEqualTo(ErrorCode.NONE);

        change(1, false, resource(TOPIC, "orders", config("max.message.bytes", SET, "10")));
        assertThat(produce(batch)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);

        change(1, false, resource(TOPIC, "orders", config("max.message.bytes", DELETE, null)));
        assertThat(produce(batch)).isEqualTo(ErrorCode.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
        segment.bytes | 2 | 1 | INVALID_CONFIG: Can't APPEND to key segment.bytes because its type is not LIST.
        segment.bytes | 3 | 1 | INVALID_CONFIG: Can't SUBTRACT to key segment.bytes because its type is not LIST.
        foo | 2 | 1 | INVALID_CONFIG: Can't APPEND to key foo because its type is not LIST.
        cleanup.policy | 2 | bad | INVALID_CONFIG: Invalid value bad for configuration cleanup.policy: String must be one of: compact, delete
        segment.bytes | 0 | null | INVALID_REQUEST: Null value not supported for : segment.bytes
        cleanup.policy | 2 | null | INVALID_REQUEST: Null value not supported for : cleanup.policy
        segment.bytes | 0 | 1 | INVALID_CONFIG: Invalid value 1 for configuration segment.bytes: Value must be at least 1048576
        foo | 0 | 1 | INVALID_CONFIG: Unknown topic config name: foo
        foo | 1 | null | NONE: null
        segment.ms | 9 | 1 | INVALID_REQUEST: Unknown config operation 9
        remote.storage.enable | 0 | true | INVALID_CONFIG: Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.
        """)
    void shouldExplainWhenAKeyCannotBeChanged(
            final String key, final byte operation, final String value, final String answer) {
        assertThat(change(1, false, resource(TOPIC, "orders", config(key, operation, value))))
                .isEqualTo(answer);
        assertThat(settings()).isEqualTo(Map.of("retention.ms", "12345"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        2 | nope | UNKNOWN_TOPIC_OR_PARTITION: The topic 'nope' does not exist.
        2 | '' | INVALID_REQUEST: Default topic resources are not allowed.
        2 | a b | INVALID_TOPIC_EXCEPTION: Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'
        4 | 1 | INVALID_REQUEST: Cannot update these configs dynamically: [flush.ms]
        4 | '' | INVALID_REQUEST: Cannot update these configs dynamically: [flush.ms]
        4 | 2 | INVALID_REQUEST: Unexpected broker id, expected 1, but received 2
        4 | x | INVALID_REQUEST: Node id must be an integer, but it is: x
        8 | 1 | INVALID_REQUEST: The levels of loggers are set when the broker starts, and can't be changed while it runs.
        16 | '' | INVALID_REQUEST: Subscription name can't be empty
        16 | m | INVALID_REQUEST: There are no subscriptions to clients' metrics: they are not collected yet.
        32 | '' | INVALID_REQUEST: Default group resources are not allowed.
        32 | g | INVALID_CONFIG: Unknown group config name: flush.ms
        3 | a | INVALID_REQUEST: Unknown resource type 3
        """)
    void shouldExplainWhenAResourceCannotBeChanged(final byte type, final String name, final String answer) {
        assertThat(change(1, false, resource(type, name, config("flush.ms", SET, "7"))))
                .isEqualTo(answer);
        assertThat(replace(2, false, type, name, "flush.ms", "7")).isEqualTo(answer);
    }

    @Test
    void shouldRefuseAllOfAResourceWhenOneKeyIsWrong() {
        assertThat(change(
                        1,
                        false,
                        resource(TOPIC, "orders", config("flush.ms", SET, "7"), config("segment.bytes", SET, "1"))))
                .startsWith("INVALID_CONFIG");
        assertThat(change(
                        1,
                        false,
                        resource(TOPIC, "orders", config("flush.ms", SET, "7"), config("flush.ms", DELETE, null))))
                .isEqualTo("INVALID_REQUEST: Error due to duplicate config keys");
        assertThat(change(
                        1,
                        false,
                        resource(
                                TOPIC,
                                "orders",
                                config("min.compaction.lag.ms", SET, "10"),
                                config("max.compaction.lag.ms", SET, "5"))))
                .isEqualTo("INVALID_CONFIG: conflict topic config setting min.compaction.lag.ms (10) > "
                        + "max.compaction.lag.ms (5)");

        assertThat(settings()).isEqualTo(Map.of("retention.ms", "12345"));
    }

    @Test
    void shouldAnswerEachResourceWhenThereAreMany() {
        final IncrementalAlterConfigsResponse response = ask(
                1,
                false,
                resource(TOPIC, "nope", config("flush.ms", SET, "7")),
                resource(TOPIC, "orders", config("flush.ms", SET, "8")),
                resource(BROKER, "1"));

        assertThat(response.responses())
                .extracting(answer -> answer.resourceName() + " " + ErrorCode.of(answer.errorCode()))
                .containsExactly("nope UNKNOWN_TOPIC_OR_PARTITION", "orders NONE", "1 NONE");
        assertThat(settings()).containsEntry("flush.ms", "8");
    }

    @Test
    void shouldRefuseAResourceWhenItIsThereTwice() {
        final IncrementalAlterConfigsResponse response = ask(
                1,
                false,
                resource(TOPIC, "orders", config("flush.ms", SET, "7")),
                resource(TOPIC, "orders", config("flush.ms", SET, "8")));

        assertThat(response.responses())
                .extracting(answer -> ErrorCode.of(answer.errorCode()) + ": " + answer.errorMessage())
                .containsExactly(
                        "INVALID_REQUEST: Each resource must appear at most once.",
                        "INVALID_REQUEST: Each resource must appear at most once.");
        assertThat(settings()).isEqualTo(Map.of("retention.ms", "12345"));
    }

    @Test
    void shouldLoseNothingWhenTwoClientsAppendAtOnce() {
        final TestClient one = broker.connect(0);
        final TestClient two = broker.connect(1);
        final String key = "leader.replication.throttled.replicas";

        one.send(1, request(false, resource(TOPIC, "orders", config(key, APPEND, "0:1"))));
        two.send(1, request(false, resource(TOPIC, "orders", config(key, APPEND, "1:1"))));
        broker.step();

        assertThat(settings().get(key).split(",")).containsExactlyInAnyOrder("0:1", "1:1");
    }

    private ErrorCode produce(final ByteBuffer batch) {
        return ErrorCode.of(
                Batches.send(broker.admin(), "orders", 1, Batches.copy(batch)).errorCode());
    }

    /** Returns the overrides of the topic. */
    private Map<String, String> settings() {
        final DescribeConfigsRequest request = new DescribeConfigsRequest()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName("orders")
                        .setConfigurationKeys(null)));
        final DescribeConfigsResponse response = broker.admin().ask(4, request);
        return response.results().getFirst().configs().stream()
                .filter(config -> config.configSource() == DescribedConfig.TOPIC)
                .collect(Collectors.toMap(DescribeConfigsResourceResult::name, DescribeConfigsResourceResult::value));
    }

    private String alterPolicy(final byte operation, final String value) {
        assertThat(change(1, false, resource(TOPIC, "orders", config("cleanup.policy", operation, value))))
                .isEqualTo(DONE);
        return settings().get("cleanup.policy");
    }

    private static AlterableConfig config(final String key, final byte operation, final String value) {
        return new AlterableConfig().setName(key).setConfigOperation(operation).setValue(value);
    }

    private static AlterConfigsResource resource(final byte type, final String name, final AlterableConfig... configs) {
        return new AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name)
                .setConfigs(List.of(configs));
    }

    private static IncrementalAlterConfigsRequest request(
            final boolean validateOnly, final AlterConfigsResource... resources) {
        return new IncrementalAlterConfigsRequest()
                .setValidateOnly(validateOnly)
                .setResources(List.of(resources));
    }

    private IncrementalAlterConfigsResponse ask(
            final int version, final boolean validateOnly, final AlterConfigsResource... resources) {
        return broker.admin().ask(version, request(validateOnly, resources));
    }

    private String change(final int version, final boolean validateOnly, final AlterConfigsResource resource) {
        final var answer = ask(version, validateOnly, resource).responses().getFirst();
        assertThat(answer.resourceName()).isEqualTo(resource.resourceName());
        assertThat(answer.resourceType()).isEqualTo(resource.resourceType());
        return ErrorCode.of(answer.errorCode()) + ": " + answer.errorMessage();
    }

    private String replace(
            final int version, final boolean validateOnly, final byte type, final String name, final String... pairs) {
        final AlterConfigsRequest.AlterConfigsResource resource = new AlterConfigsRequest.AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name);
        for (int i = 0; i < pairs.length; i += 2) {
            resource.configs()
                    .add(new AlterConfigsRequest.AlterableConfig()
                            .setName(pairs[i])
                            .setValue(pairs[i + 1]));
        }
        final AlterConfigsResponse response = broker.admin()
                .ask(
                        version,
                        new AlterConfigsRequest().setValidateOnly(validateOnly).setResources(List.of(resource)));
        final AlterConfigsResourceResponse answer = response.responses().getFirst();
        return ErrorCode.of(answer.errorCode()) + ": " + answer.errorMessage();
    }
}
