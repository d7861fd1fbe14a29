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
 * What all threads see of the metadata, and who is told of its changes. It outlives state machines: when the log is loaded
 * again, the new machine's image takes the place of the old one's, and the listener is told of the difference.
 *
 * <p><b>Note:</b> the methods of {@link MetadataView} are for any thread; all others are for the coordinator's agent.
 */
final class PublishedMetadata implements MetadataView {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedMetadata.class);

    private final MetadataListener listener;
    /** Only the owning agent changes it. */
    private volatile long topicsVersion;

    private volatile MetadataImage image = new MetadataImage();

    PublishedMetadata(final MetadataListener listener) {
        this.listener = listener;
    }

    /**
     * Shows another image.
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
     * Tells of a topic, if the image is the one that is shown.
     *
     * @param changed the image that changed.
     * @param before the topic as it was, or null.
     * @param after the topic as it is, or null.
     */
    void changed(final MetadataImage changed, final TopicImage before, final TopicImage after) {
        if (changed == image) {
            topicsVersion = topicsVersion + 1;
            tell(before, after);
        }
    }

    /** The change is committed, whatever the listener makes of it. */
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
