package io.ottla.server.log;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logs to stderr, and is set up by one system property alone. It is found only if {@code slf4j.provider} names it. Others look
 * for files on the class path, and have to open each jar for that: several milliseconds of every start.
 */
public final class ErrorStreamProvider implements SLF4JServiceProvider {
    /** The system property that says what is logged: a level of slf4j's, or {@code off}; {@code warn} if not set. */
    public static final String LEVEL_PROPERTY = "ottla.log.level";

    private static final String API_VERSION = "2.0.99";

    private ILoggerFactory loggers;
    private IMarkerFactory markers;
    private MDCAdapter context;

    /** Does nothing. */
    public ErrorStreamProvider() {}

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }

    @Override
    public void initialize() {
        final int least = level(System.getProperty(LEVEL_PROPERTY, "warn"));
        // Not kept by name: each class asks once and keeps its own.
        loggers = name -> new ErrorStreamLogger(name, least, System.err);
        markers = new BasicMarkerFactory();
        context = new NOPMDCAdapter();
    }

    private static int level(final String name) {
        if (name.equalsIgnoreCase("off")) {
            return Integer.MAX_VALUE;
        }
        for (final Level level : Level.values()) {
            if (level.name().equalsIgnoreCase(name)) {
                return level.toInt();
            }
        }
        return Level.WARN.toInt();
    }
}
