package io.ottla.transport.nio;

import io.ottla.api.SafeLog;
import java.nio.channels.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what there is nothing left to do about if closing it fails. */
final class Closing {
    private static final Logger LOGGER = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /** Does nothing, so that the class is there: to free the first descriptor there may be none to load it with. */
    static void load() {
        // It is loaded by now.
    }

    static void quietly(final Channel channel) {
        try {
            channel.close();
        } catch (final Throwable e) {
            SafeLog.debug(LOGGER, "Closing {} failed", channel, e);
        }
    }
}
