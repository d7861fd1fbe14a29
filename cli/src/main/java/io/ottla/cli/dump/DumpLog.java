package io.ottla.cli.dump;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints the contents of a storage's files, and checks that they are consistent. It only reads, without a lock: a
 * broker may use the files meanwhile.
 */
public final class DumpLog {
    /** The name of the subcommand. */
    public static final String WORD = "dump-log";

    private static final int OK = 0;
    private static final int DAMAGED = 1;
    private static final int MISUSED = 2;

    private static final String USAGE = """
        Usage: ottla dump-log [OPTION]... FILE|DIR...

        Prints what is in a data folder, a log's folder or one file of it (.log, .index, .timeindex, .observer): segments,
        batches, records, and whether the indexes fit. It changes nothing and takes no lock, so a broker may be running.

          --json         one JSON document instead of text
          --hex          every field of every batch with its bytes
          --offset N     only the batch that has this offset
          --no-records   no records, only batches
          --help         print this

        Exit codes: 0 nothing is wrong, 1 something is damaged or can't be read, 2 wrong options.
        A batch at the end of a log that is not whole is said and is no damage: a broker may be writing it, or was killed.
        """;

    private final List<Path> paths = new ArrayList<>();
    private boolean isJson;
    private boolean isHex;
    private boolean isWithRecords = true;
    private boolean isHelp;
    private long offset = -1;

    private DumpLog() {}

    /**
     * Runs the command with the output of the process.
     *
     * @param args the options and files, without the name of the subcommand.
     * @return the exit code.
     */
    public static int run(final String... args) {
        // System.out writes line by line, which takes longer than the dump.
        try (PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                false,
                StandardCharsets.UTF_8)) {
            return run(out, System.err, args);
        }
    }

    static int run(final PrintStream out, final PrintStream err, final String... args) {
        final DumpLog command = new DumpLog();
        final String complaint = command.parse(args);
        if (complaint != null) {
            err.println("ottla: " + complaint);
            return MISUSED;
        }
        if (command.isHelp) {
            out.print(USAGE);
            return OK;
        }
        final DumpTotals totals = new DumpTotals();
        try {
            final DumpOutput output =
                    command.isJson ? new JsonOutput(out) : command.isHex ? new HexOutput(out) : new TextOutput(out);
            final LogDump dump = new LogDump(output, totals, command.isWithRecords, command.offset);
            for (final Path path : command.paths) {
                dump.dump(path);
            }
            output.end(totals);
        } catch (final OutputClosedException e) {
            return OK;
        } catch (final IOException e) {
            out.flush();
            err.println("ottla: " + describe(e));
            return DAMAGED;
        }
        return totals.problems == 0 ? OK : DAMAGED;
    }

    private static String describe(final IOException e) {
        return e.getMessage() == null ? e.toString() : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** Parses the arguments; returns an error message, or null. */
    private String parse(final String... args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--json" -> isJson = true;
                case "--hex" -> isHex = true;
                case "--no-records" -> isWithRecords = false;
                case "--help", "-h" -> isHelp = true;
                case "--offset" -> {
                    i++;
                    offset = i < args.length ? numberOf(args[i]) : -1;
                    if (offset < 0) {
                        return "--offset needs a number from 0; see dump-log --help";
                    }
                }
                default -> {
                    if (args[i].startsWith("--")) {
                        return "unknown option " + args[i] + "; see dump-log --help";
                    }
                    final Path path = Path.of(args[i]);
                    if (!Files.exists(path)) {
                        return args[i] + ": there is no such file or folder";
                    }
                    paths.add(path);
                }
            }
        }
        if (isJson && isHex) {
            return "--hex and --json exclude each other";
        }
        return paths.isEmpty() && !isHelp ? "which file or folder? See dump-log --help" : null;
    }

    private static long numberOf(final String text) {
        try {
            return Long.parseLong(text);
        } catch (final NumberFormatException e) {
            return -1;
        }
    }
}
