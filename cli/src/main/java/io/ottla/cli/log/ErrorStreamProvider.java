package io.ottla.cli.log;

import java.nio.charset.StandardCharsets;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.helpers.NormalizedParameters;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logs to stderr, without blocking and with a bound for each kind of line. It is configured by one system property
 * only, and used only if {@code slf4j.provider} names it. Other providers look for files on the class path and open
 * each jar for that, which adds several milliseconds to every start.
 */
public final class ErrorStreamProvider implements SLF4JServiceProvider {
    /** The system property with the log level: one of slf4j's, or {@code off}; {@code warn} if not set. */
    public static final String LEVEL_PROPERTY = "ottla.log.level";

    private static final String API_VERSION = "2.0.99";

    private ILoggerFactory loggers;
    private IMarkerFactory markers;
    private MDCAdapter context;

    /** Creates the provider; slf4j calls it. */
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
        final int least = level();
        // Not cached by name: each class requests its logger once.
        loggers = name -> new ErrorStreamLogger(name, least, ErrorStream.output());
        markers = new BasicMarkerFactory();
        context = new NOPMDCAdapter();
        loadClasses();
    }

    /**
     * Loads the classes that are needed to log a line, apart from the JDK's. The event to log may be that classes can
     * no longer be loaded, because there is no descriptor for a jar, or the jar was replaced.
     */
    private static void loadClasses() {
        final LineLimit limit = new LineLimit(() -> 0, StandardCharsets.UTF_8, false);
        final String message = "{}";
        limit.enter(Level.TRACE, message, message);
        final Object[] arguments = NormalizedParameters.trimmedCopy(new Object[] {message, null});
        LogLine.appendMessage(
                LogLine.begin(Level.TRACE, message), MessageFormatter.basicArrayFormat(message, arguments));
    }

    /**
     * Returns whether the level is a detailed one, with which no line is suppressed.
     *
     * @return true for {@code debug} and {@code trace}.
     */
    static boolean isDetailed() {
        return level() <= Level.DEBUG.toInt();
    }

    private static int level() {
        final String name = System.getProperty(LEVEL_PROPERTY, "warn");
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
