package io.ottla.coordinator.metadata;

import io.ottla.api.SafeLog;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the metadata to all threads, and notifies the listener of changes. It outlives state machines: when the log
 * is loaded again, the new machine's image replaces the old one, and the listener is notified of the difference.
 *
 * <p><b>Note:</b> the methods of {@link MetadataView} are for any thread; all others are for the coordinator's agent.
 */
final class PublishedMetadata implements MetadataView {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedMetadata.class);

    private final MetadataListener listener;
    /** Changed by the owning agent only. */
    private volatile long topicsVersion;

    private volatile MetadataImage image = new MetadataImage();

    PublishedMetadata(final MetadataListener listener) {
        this.listener = listener;
    }

    /**
     * Publishes another image.
     *
     * @param next the image of a log that was replayed to its end.
     */
    void publish(final MetadataImage next) {
        final MetadataImage previous = image;
        image = next;
        topicsVersion = topicsVersion + 1;
        for (final TopicImage before : previous.topicById.values()) {
            if (!next.topicById.containsKey(before.id())) {
                tell(before, null);
            }
        }
        for (final TopicImage after : next.topicById.values()) {
            final TopicImage before = previous.topicById.get(after.id());
            if (!after.equals(before)) {
                tell(before, after);
            }
        }
    }

    /**
     * Notifies the listener of a topic, if the image is the published one.
     *
     * @param changed the image that changed.
     * @param before the topic before the change, or null.
     * @param after the topic after the change, or null.
     */
    void changed(final MetadataImage changed, final TopicImage before, final TopicImage after) {
        if (changed == image) {
            topicsVersion = topicsVersion + 1;
            tell(before, after);
        }
    }

    /** Notifies the listener. The change is committed even if the listener fails. */
    private void tell(final TopicImage before, final TopicImage after) {
        try {
            if (before == null) {
                listener.onTopicCreated(after);
            } else if (after == null) {
                listener.onTopicDeleted(before);
            } else {
                listener.onTopicChanged(before, after);
            }
        } catch (final Throwable e) {
            SafeLog.error(LOG, "Could not follow the change of topic {}", (after == null ? before : after).name(), e);
        }
    }

    @Override
    public String clusterId() {
        return image.clusterId;
    }

    @Override
    public TopicImage topic(final String name) {
        return image.topicByName.get(name);
    }

    @Override
    public TopicImage topic(final UUID id) {
        return image.topicById.get(id);
    }

    @Override
    public Collection<TopicImage> topics() {
        return Collections.unmodifiableCollection(image.topicById.values());
    }

    @Override
    public long topicsVersion() {
        return topicsVersion;
    }

    @Override
    public Map<String, String> configs(final ConfigResource resource) {
        final MetadataImage shown = image;
        if (resource.type() == ConfigResource.TOPIC) {
            final TopicImage topic = shown.topicByName.get(resource.name());
            return topic == null ? Map.of() : topic.configs();
        }
        return shown.configs.getOrDefault(resource, Map.of());
    }
}
