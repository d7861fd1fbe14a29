package io.ottla.interop;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The options of a command: {@code --name value} pairs, and flags without a value. */
final class Options {
    private final Map<String, String> values = new HashMap<>();

    /**
     * Reads a command line, and ends the process with code 2 and a line that says why if it is wrong.
     *
     * @param args  the words.
     * @param known the names that take a value, with their defaults.
     * @param flags the names that take none.
     */
    Options(final String[] args, final Map<String, String> known, final Set<String> flags) {
        values.putAll(known);
        for (int i = 0; i < args.length; i++) {
            if (flags.contains(args[i])) {
                values.put(args[i], "yes");
            } else if (known.containsKey(args[i]) && i + 1 < args.length) {
                values.put(args[i], args[++i]);
            } else {
                System.err.println("not understood: " + args[i] + "; the options are " + known.keySet()
                        + " with a value, and " + flags);
                System.exit(2);
            }
        }
    }

    String text(final String name) {
        return values.get(name);
    }

    int number(final String name) {
        return Integer.parseInt(values.get(name));
    }

    boolean has(final String flag) {
        return values.containsKey(flag);
    }

    /**
     * Reads a seed.
     *
     * @return the number given, or a new one in place of {@code random}.
     */
    long seed() {
        final String seed = values.get("--seed");
        return seed.equals("random") ? System.nanoTime() & 0xffff_ffffL : Long.parseLong(seed);
    }
}
