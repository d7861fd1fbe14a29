package io.ottla.cli;

import io.ottla.api.ConfigException;
import io.ottla.api.Spelling;
import io.ottla.server.Broker;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/**
 * The parsed arguments of the command.
 *
 * @param action the action: start a broker, or print something.
 * @param properties the configuration, from the file and the options.
 * @param readyFile the file to write the bootstrap servers to once the broker is ready, or null.
 * @param startupTrace true to print the duration of each phase of the start.
 */
record CommandOptions(Action action, Map<String, String> properties, Path readyFile, boolean startupTrace) {
    /** The actions of the command. */
    enum Action {
        START,
        HELP,
        VERSION
    }

    static final String USAGE = """
        Usage: ottla [start] [OPTION]...
               ottla dump-log [OPTION]... FILE|DIR...   (see ottla dump-log --help)
               ottla image [DIR]                        (a folder that runs where no Java is)

        Starts a broker that Kafka clients can connect to. It runs until Ctrl+C or SIGTERM.

          --config FILE      read settings from a file of KEY=VALUE lines, as of Kafka's server.properties
          --set KEY=VALUE    set one key; may be given many times, and is stronger than the file
          --host H           listen on this address or host name (127.0.0.1)
          --port N           listen on this port (9092); 0 picks a free one
          --data-dir DIR     keep the data here (./ottla-data)
          --storage NAME     mmap keeps files (the default); memory forgets everything at the end
          --ready-file FILE  when ready, write bootstrap.servers and pid to this file
          --startup-trace    when ready, tell on stderr how long each phase of the start took
          --version          print the version
          --help             print this

        Exit codes: 0 done, 1 the broker could not start or failed, 2 wrong options or settings,
        130 stopped by Ctrl+C, 143 stopped by SIGTERM.
        """;

    private static final String CONFIG = "config";
    private static final String SET = "set";
    private static final String HOST = "host";
    private static final String PORT = "port";
    private static final String DATA_DIR = "data-dir";
    private static final String STORAGE = "storage";
    private static final String READY_FILE = "ready-file";
    private static final String STARTUP_TRACE = "startup-trace";
    private static final String VERSION = "version";
    private static final String HELP = "help";
    private static final String START_WORD = "start";

    /** The broker's key of which {@code --host} and {@code --port} change a part. */
    private static final String LISTENERS = "listeners";

    /** The largest number of typing errors with which an option is suggested; with more, others are as likely. */
    private static final int TYPING_ERRORS_MAX = 2;

    /**
     * Parses the arguments of the command, and reads the configuration file.
     *
     * @param args the arguments.
     * @return the options.
     * @throws ConfigException with a message for the user, if an argument is invalid or the file cannot be read.
     */
    static CommandOptions parse(final String... args) {
        if (args.length == 0) {
            return new CommandOptions(Action.START, Map.of(), null, false);
        }
        final CommandLine line = parseLine(args);
        if (line.hasOption(HELP)) {
            return new CommandOptions(Action.HELP, Map.of(), null, false);
        }
        if (line.hasOption(VERSION)) {
            return new CommandOptions(Action.VERSION, Map.of(), null, false);
        }
        final List<String> words = line.getArgList();
        if (words.size() > 1 || words.size() == 1 && !words.getFirst().equals(START_WORD)) {
            throw new ConfigException("unexpected argument '"
                    + (words.getFirst().equals(START_WORD) ? words.get(1) : words.getFirst()) + "'; see --help");
        }
        for (final Option option : line.getOptions()) {
            final String name = option.getLongOpt();
            if (option.hasArg() && !name.equals(SET) && line.getOptionValues(name).length > 1) {
                throw new ConfigException("--" + name + " is given twice");
            }
        }
        final LinkedHashMap<String, String> properties = new LinkedHashMap<>();
        if (line.hasOption(CONFIG)) {
            readFile(line.getOptionValue(CONFIG), properties);
        }
        if (line.hasOption(SET)) {
            for (final String setting : line.getOptionValues(SET)) {
                final int equals = setting.indexOf('=');
                if (equals <= 0) {
                    throw new ConfigException("--set " + setting + ": KEY=VALUE is expected");
                }
                properties.put(setting.substring(0, equals).trim(), setting.substring(equals + 1));
            }
        }
        if (line.hasOption(DATA_DIR)) {
            properties.put("log.dirs", line.getOptionValue(DATA_DIR));
        }
        if (line.hasOption(STORAGE)) {
            properties.put("ottla.storage", line.getOptionValue(STORAGE));
        }
        if (line.hasOption(HOST) || line.hasOption(PORT)) {
            properties.put(LISTENERS, listener(line, properties));
        }
        final String readyFile = line.getOptionValue(READY_FILE);
        return new CommandOptions(
                Action.START, properties, readyFile == null ? null : Path.of(readyFile), line.hasOption(STARTUP_TRACE));
    }

    private static CommandLine parseLine(final String... args) {
        final Options options = new Options();
        for (final String name : List.of(CONFIG, SET, HOST, PORT, DATA_DIR, STORAGE, READY_FILE)) {
            options.addOption(Option.builder().longOpt(name).hasArg().get());
        }
        options.addOption(Option.builder().longOpt(STARTUP_TRACE).get());
        options.addOption(Option.builder().longOpt(VERSION).get());
        options.addOption(Option.builder("h").longOpt(HELP).get());
        try {
            return DefaultParser.builder().setAllowPartialMatching(false).get().parse(options, args);
        } catch (final UnrecognizedOptionException e) {
            throw unknown(e.getOption(), options);
        } catch (final MissingArgumentException e) {
            throw new ConfigException("--" + e.getOption().getLongOpt() + " needs a value; see --help");
        } catch (final ParseException e) {
            throw new ConfigException(e.getMessage() + "; see --help");
        }
    }

    private static ConfigException unknown(final String option, final Options options) {
        final int equals = option.indexOf('=');
        final String name = equals < 0 ? option : option.substring(0, equals);
        final List<String> known = options.getOptions().stream()
                .map(each -> "--" + each.getLongOpt())
                .toList();
        final String nearest = Spelling.nearest(name, known, TYPING_ERRORS_MAX);
        return new ConfigException("unknown option " + name
                + (nearest == null ? "; see --help" : "; did you mean " + nearest + "? See --help"));
    }

    private static void readFile(final String name, final Map<String, String> properties) {
        final Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(name))) {
            read.load(reader);
        } catch (final NoSuchFileException e) {
            throw new ConfigException("--config " + name + ": there is no such file");
        } catch (final CharacterCodingException e) {
            throw new ConfigException("--config " + name + ": not a text file in UTF-8");
        } catch (final IOException e) {
            throw new ConfigException("--config " + name + ": cannot be read: " + e.getMessage());
        } catch (final IllegalArgumentException e) {
            throw new ConfigException("--config " + name + ": " + e.getMessage());
        }
        for (final String key : read.stringPropertyNames()) {
            properties.put(key, read.getProperty(key));
        }
    }

    /** Returns the one listener there is, with another host or port. */
    private static String listener(final CommandLine line, final Map<String, String> properties) {
        final String configured = Broker.builder().config(properties).get(LISTENERS);
        if (configured.indexOf(',') >= 0) {
            throw new ConfigException(
                    "--host and --port can't be used with several listeners; use --set " + LISTENERS + "=...");
        }
        final int afterScheme = configured.indexOf("://") + 3;
        final int colon = configured.lastIndexOf(':');
        if (afterScheme < 3 || colon < afterScheme) {
            throw new ConfigException(LISTENERS + ": '" + configured + "' is not of the form NAME://host:port");
        }
        String host = line.getOptionValue(HOST, configured.substring(afterScheme, colon));
        if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
            host = "[" + host + "]";
        }
        final String port = line.getOptionValue(PORT, configured.substring(colon + 1));
        checkPort(port);
        return configured.substring(0, afterScheme) + host + ":" + port;
    }

    private static void checkPort(final String port) {
        try {
            final int number = Integer.parseInt(port);
            if (number >= 0 && number <= 65535) {
                return;
            }
        } catch (final NumberFormatException e) {
            // Reported below, like other invalid ports.
        }
        throw new ConfigException("--port " + port + ": a port is a number from 0 to 65535");
    }
}
