package io.ottla.cli;

import io.ottla.api.ConfigException;
import io.ottla.api.storage.StorageException;
import io.ottla.cli.dump.DumpLog;
import io.ottla.cli.log.ErrorStream;
import io.ottla.server.BoundListener;
import io.ottla.server.Broker;
import io.ottla.server.BrokerBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command {@code ottla}: starts a broker and runs it until a signal stops it, or prints its files. */
final class Main {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    /**
     * The longest time for which the end of the process waits until the log is written to stderr. A pipe that is not
     * read would block for ever.
     */
    private static final long LOG_FLUSH_MS = 1000;

    /** The longest time that a failed broker may take to close. Unflushed records are recovered by the next start. */
    private static final long FAILED_CLOSE_MS = 30_000;

    /** Created before it is needed, because a class may not be loadable then. */
    private static final LastResort LAST_RESORT =
            new LastResort(exitCode -> Runtime.getRuntime().halt(exitCode));

    private final PrintStream out;
    private final PrintStream err;
    private final long beganNs;

    /** The failure to announce that the broker is ready. */
    private volatile Throwable unannounced;

    private Main(final PrintStream out, final PrintStream err, final long beganNs) {
        this.out = out;
        this.err = err;
        this.beganNs = beganNs;
    }

    /**
     * Runs the command.
     *
     * @param args the arguments, see {@code --help}.
     */
    public static void main(final String[] args) {
        final long beganNs = System.nanoTime();
        int exitCode = FAILED;
        try {
            ErrorStream.install();
            exitCode = new Main(System.out, System.err, beganNs).run(args);
            ErrorStream.flush(LOG_FLUSH_MS);
        } finally {
            // Also if the message could not be printed.
            if (exitCode != OK) {
                LAST_RESORT.haltAfter(FAILED_CLOSE_MS, exitCode);
                System.exit(exitCode);
            }
        }
    }

    private int run(final String... args) {
        if (args.length > 0 && args[0].equals(DumpLog.WORD)) {
            return DumpLog.run(Arrays.copyOfRange(args, 1, args.length));
        }
        try {
            final CommandOptions options = CommandOptions.parse(args);
            return switch (options.action()) {
                case HELP -> print(CommandOptions.USAGE);
                case VERSION -> print("ottla " + version() + "\n");
                case START -> start(options);
            };
        } catch (final ConfigException e) {
            return complain(MISUSED, e.getMessage());
        } catch (final UncheckedIOException e) {
            return complain(FAILED, describe(e.getCause()));
        } catch (final IOException e) {
            return complain(FAILED, describe(e));
        } catch (final StorageException e) {
            return complain(FAILED, e.getMessage());
        } catch (final InterruptedException e) {
            return complain(FAILED, "interrupted");
        } catch (final RuntimeException | Error e) {
            logger().debug("The broker could not start", e);
            return complain(FAILED, "internal error: " + e);
        }
    }

    private int start(final CommandOptions options) throws IOException, InterruptedException {
        final StartupTrace trace = new StartupTrace(beganNs);
        trace.accept("options read");
        final BrokerBuilder builder = Broker.builder()
                .config(options.properties())
                .onPhase(trace)
                .onFailure(() -> LAST_RESORT.haltAfter(FAILED_CLOSE_MS, FAILED))
                .runByCaller();
        final Broker broker = builder.build();
        final ReadyFile readyFile = options.readyFile() == null
                ? null
                : new ReadyFile(options.readyFile(), ProcessHandle.current().pid());
        if (!broker.ignoredSettings().isEmpty()) {
            err.println("ottla: these settings have no effect, see docs/configuration.md: "
                    + String.join(", ", broker.ignoredSettings()));
        }
        // Before the start: a signal during a long recovery must stop the broker as cleanly as a later one, and so must
        // a failed start.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, readyFile), "ottla-shutdown"));
        if (readyFile != null) {
            readyFile.prepare();
        }
        trace.accept("configuration checked");
        broker.start();
        // On another thread, because this one serves.
        new Thread(() -> announce(builder, broker, readyFile, options.startupTrace() ? trace : null), "ottla-ready")
                .start();
        final Throwable failure = broker.awaitClose();
        if (unannounced != null) {
            return complain(
                    FAILED,
                    unannounced instanceof final IOException failed
                            ? describe(failed)
                            : "internal error: " + unannounced);
        }
        return failure == null ? OK : complain(FAILED, "the broker failed and stopped: " + failure);
    }

    private void announce(
            final BrokerBuilder builder, final Broker broker, final ReadyFile readyFile, final StartupTrace trace) {
        try {
            out.println(readyLine(builder, broker));
            if (readyFile != null) {
                readyFile.publish(broker.bootstrapServers());
            }
            if (trace != null) {
                trace.accept("announced");
                trace.print(err, ProcessAge.ms(0));
            }
        } catch (final Throwable e) {
            unannounced = e;
            broker.close();
        }
    }

    private static void stop(final Broker broker, final ReadyFile readyFile) {
        broker.close();
        if (readyFile != null) {
            readyFile.remove();
        }
        // The process ends with the last of its hooks.
        ErrorStream.flush(LOG_FLUSH_MS);
    }

    private String readyLine(final BrokerBuilder builder, final Broker broker) {
        final StringBuilder line = new StringBuilder(160);
        final long sinceMainMs = (System.nanoTime() - beganNs) / 1_000_000;
        line.append("Ottla ")
                .append(version())
                .append(" ready in ")
                .append(ProcessAge.ms(sinceMainMs))
                .append(" ms:");
        for (final BoundListener listener : broker.listeners()) {
            line.append(' ').append(listener.name()).append(" on ");
            appendAddress(line, host(listener.bound()), listener.bound().getPort());
            if (listener.advertisedHost() == null) {
                line.append(" (advertised as each client reached it),");
            } else {
                line.append(" (advertised as ");
                appendAddress(line, listener.advertisedHost(), listener.advertisedPort());
                line.append("),");
            }
        }
        line.append(" data in ")
                .append(
                        builder.get("ottla.storage").equals("memory")
                                ? "memory"
                                : broker.dataDir().toAbsolutePath().normalize().toString());
        return line.toString();
    }

    private static String host(final InetSocketAddress bound) {
        return bound.getAddress().getHostAddress();
    }

    private static void appendAddress(final StringBuilder line, final String host, final int port) {
        if (host.indexOf(':') >= 0) {
            line.append('[').append(host).append(']');
        } else {
            line.append(host);
        }
        line.append(':').append(port);
    }

    private int print(final String text) {
        out.print(text);
        out.flush();
        return OK;
    }

    private int complain(final int exitCode, final String message) {
        err.println("ottla: " + String.valueOf(message).replace('\n', ' '));
        return exitCode;
    }

    /** Describes exceptions of files that are explained by their type only. */
    private static String describe(final IOException e) {
        if (e instanceof final FileSystemException failed) {
            final String reason = switch (failed) {
                case AccessDeniedException denied -> "permission denied";
                case NoSuchFileException missing -> "there is no such file or folder";
                default -> failed.getReason() == null ? failed.getClass().getSimpleName() : failed.getReason();
            };
            return failed.getFile() + ": " + reason;
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /**
     * Returns the version of this broker from the manifest of its jar. The class loader has read that already; a
     * resource of our own would cost several milliseconds.
     *
     * @return the Maven version.
     */
    static String version() {
        final String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    // Not a constant: a successful start needs no logger of this class.
    private static Logger logger() {
        return LoggerFactory.getLogger(Main.class);
    }
}
