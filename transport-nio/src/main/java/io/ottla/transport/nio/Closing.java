package io.ottla.transport.nio;

import io.ottla.api.SafeLog;
import java.nio.channels.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes resources where a failure to close has no remedy, and logs it. */
final class Closing {
    private static final Logger LOGGER = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /** Loads this class: at the first close there may be no file descriptor left to load it with. */
    static void load() {
        // The call has loaded the class.
    }

    static void quietly(final Channel channel) {
        try {
            channel.close();
        } catch (final Throwable e) {
            SafeLog.debug(LOGGER, "Closing {} failed", channel, e);
        }
    }
}
