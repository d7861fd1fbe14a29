package io.ottla.server.settings;

import io.ottla.api.ErrorCode;
import io.ottla.api.TopicName;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DescribeConfigsRequest;
import io.ottla.codec.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.ottla.codec.message.DescribeConfigsResponse;
import io.ottla.codec.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.ottla.codec.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.ottla.codec.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.ConfigDescriber;
import io.ottla.server.config.DescribedConfig;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Describes the configuration of topics, of this broker, of groups and of the other resource types of Kafka. */
final class DescribeConfigsHandler extends ApiHandler<DescribeConfigsRequest> {
    private static final byte BROKER_LOGGER = 8;
    private static final byte CLIENT_METRICS = 16;

    private final BrokerConfig config;
    private final MetadataView metadata;
    private final ConfigDescriber describer;
    private final int entriesMax;

    DescribeConfigsHandler(final BrokerConfig config, final MetadataView metadata) {
        super(ApiKey.DESCRIBE_CONFIGS, 1, 4);
        this.config = config;
        this.metadata = metadata;
        this.describer = new ConfigDescriber(config);
        this.entriesMax =
                MemoryShares.requestElements(config, Runtime.getRuntime().maxMemory()) / 2;
    }

    @Override
    protected void handle(final Request request, final DescribeConfigsRequest body) {
        final DescribeConfigsResponse response = new DescribeConfigsResponse();
        final boolean isMalformed = hasUnknownType(body);
        int entries = 0;
        for (final DescribeConfigsResource resource : body.resources()) {
            final DescribeConfigsResult result = new DescribeConfigsResult()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName())
                    .setErrorMessage("");
            if (isMalformed) {
                // As in Kafka, one resource of an unknown type makes all of them fail.
                refuse(result, ErrorCode.INVALID_REQUEST, "There is a resource of an unknown type in the request.");
            } else if (entries > entriesMax) {
                refuse(
                        result,
                        ErrorCode.INVALID_REQUEST,
                        "The response would have too many entries; ask for fewer resources.");
            } else {
                describe(resource, body, result);
            }
            entries += result.configs().size();
            response.results().add(result);
        }
        request.respond(response);
    }

    private static boolean hasUnknownType(final DescribeConfigsRequest body) {
        for (final DescribeConfigsResource resource : body.resources()) {
            switch (resource.resourceType()) {
                case ConfigResource.TOPIC,
                        ConfigResource.BROKER,
                        ConfigResource.GROUP,
                        BROKER_LOGGER,
                        CLIENT_METRICS -> {
                    // A topic that exists.
                }
                default -> {
                    return true;
                }
            }
        }
        return false;
    }

    private void describe(
            final DescribeConfigsResource resource,
            final DescribeConfigsRequest body,
            final DescribeConfigsResult result) {
        switch (resource.resourceType()) {
            case ConfigResource.TOPIC -> describeTopic(resource, body, result);
            case ConfigResource.BROKER -> describeBroker(resource, body, result);
            case BROKER_LOGGER -> describeLoggers(resource, result);
            case CLIENT_METRICS -> {
                if (resource.resourceName().isEmpty()) {
                    refuse(result, ErrorCode.INVALID_REQUEST, "Client metrics subscription name must not be empty");
                } else {
                    fill(resource, body, describer.clientMetrics(stored(resource)), false, result);
                }
            }
            default -> {
                if (resource.resourceName().isEmpty()) {
                    refuse(result, ErrorCode.INVALID_REQUEST, "Group name must not be empty");
                } else {
                    fill(resource, body, describer.group(stored(resource)), false, result);
                }
            }
        }
    }

    private void describeTopic(
            final DescribeConfigsResource resource,
            final DescribeConfigsRequest body,
            final DescribeConfigsResult result) {
        final String problem = TopicName.problem(resource.resourceName());
        if (problem != null) {
            refuse(result, ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
            return;
        }
        final TopicImage topic = view().topic(resource.resourceName());
        if (topic == null) {
            refuse(result, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "");
        } else {
            fill(resource, body, describer.topic(topic.configs()), false, result);
        }
    }

    private void describeBroker(
            final DescribeConfigsResource resource,
            final DescribeConfigsRequest body,
            final DescribeConfigsResult result) {
        if (resource.resourceName().isEmpty()) {
            // The dynamic defaults of all brokers, of which there are none.
            fill(resource, body, List.of(), true, result);
        } else if (isThisBroker(resource.resourceName(), result, " or empty string, but")) {
            fill(resource, body, describer.broker(), true, result);
        }
    }

    private void describeLoggers(final DescribeConfigsResource resource, final DescribeConfigsResult result) {
        if (resource.resourceName().isEmpty()) {
            refuse(result, ErrorCode.INVALID_REQUEST, "Broker id must not be empty");
        } else if (isThisBroker(resource.resourceName(), result, " but")) {
            final List<String> keys = resource.configurationKeys();
            if (keys == null || keys.isEmpty() || keys.contains("root")) {
                result.configs()
                        .add(new DescribeConfigsResourceResult()
                                .setName("root")
                                .setValue(level(LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)))
                                .setReadOnly(true)
                                .setConfigSource(DescribedConfig.BROKER_LOGGER)
                                .setDocumentation(null));
            }
        }
    }

    private static String level(final Logger logger) {
        if (logger.isTraceEnabled()) {
            return "TRACE";
        }
        if (logger.isDebugEnabled()) {
            return "DEBUG";
        }
        if (logger.isInfoEnabled()) {
            return "INFO";
        }
        return logger.isWarnEnabled() ? "WARN" : "ERROR";
    }

    private boolean isThisBroker(final String name, final DescribeConfigsResult result, final String orElse) {
        final int nodeId = config.nodeId();
        try {
            if (Integer.parseInt(name) == nodeId) {
                return true;
            }
        } catch (final NumberFormatException e) {
            refuse(result, ErrorCode.INVALID_REQUEST, "Broker id must be an integer, but it is: " + name);
            return false;
        }
        refuse(
                result,
                ErrorCode.INVALID_REQUEST,
                "Unexpected broker id, expected " + nodeId + orElse + " received " + name);
        return false;
    }

    private static void fill(
            final DescribeConfigsResource resource,
            final DescribeConfigsRequest body,
            final List<DescribedConfig> configs,
            final boolean isReadOnly,
            final DescribeConfigsResult result) {
        final List<String> keys = resource.configurationKeys();
        final boolean all = keys == null || keys.isEmpty();
        for (final DescribedConfig config : configs) {
            if (all || keys.contains(config.key().name())) {
                result.configs()
                        .add(new DescribeConfigsResourceResult()
                                .setName(config.key().name())
                                .setValue(config.value())
                                .setReadOnly(isReadOnly)
                                .setConfigSource(config.source())
                                .setIsSensitive(config.key().isSensitive())
                                .setSynonyms(body.includeSynonyms() ? synonyms(config) : List.of())
                                .setConfigType(config.key().type().id())
                                .setDocumentation(
                                        body.includeDocumentation()
                                                ? config.key().doc()
                                                : null));
            }
        }
    }

    private static List<DescribeConfigsSynonym> synonyms(final DescribedConfig config) {
        final ArrayList<DescribeConfigsSynonym> synonyms =
                new ArrayList<>(config.origins().size());
        for (final DescribedConfig.Origin origin : config.origins()) {
            synonyms.add(new DescribeConfigsSynonym()
                    .setName(origin.name())
                    .setValue(origin.value())
                    .setSource(origin.source()));
        }
        return synonyms;
    }

    private static void refuse(final DescribeConfigsResult result, final ErrorCode error, final String message) {
        result.setErrorCode(error.code()).setErrorMessage(message);
    }

    private Map<String, String> stored(final DescribeConfigsResource resource) {
        return view().configs(new ConfigResource(resource.resourceType(), resource.resourceName()));
    }

    private MetadataView view() {
        return metadata;
    }
}
