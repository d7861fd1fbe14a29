package io.ottla.transport.nio;

import java.io.IOException;
import java.nio.channels.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what there is nothing left to do about if closing it fails. */
final class Closing {
    private static final Logger LOGGER = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void quietly(final Channel channel) {
        try {
            channel.close();
        } catch (final IOException | RuntimeException e) {
            LOGGER.debug("Closing {} failed", channel, e);
        }
    }
}
