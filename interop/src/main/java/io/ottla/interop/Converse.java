package io.ottla.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the conversation between two brokers that are up, and prints where their answers differ. */
final class Converse {
    private Converse() {}

    /**
     * Compares two brokers.
     *
     * @param args the address of the reference, that of the broker to compare, a regular expression that the names of cases
     *             must match ({@code .*} for all), and the file of known differences, if any.
     * @throws IOException if that file can't be read.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length < 3) {
            System.err.println("usage: Converse HOST:PORT HOST:PORT REGEX [KNOWN-DIFFERENCES]");
            System.exit(2);
        }
        final List<Case> cases = new ArrayList<>();
        for (final Case one : Conversation.cases()) {
            if (one.toString().matches(args[2])) {
                cases.add(one);
            }
        }
        final long start = System.nanoTime();
        final String tag = "t" + System.currentTimeMillis() % 1_000_000 + "x";
        List<Difference> differences = new Conversation(address(args[0]), address(args[1]), tag).run(cases, 4);
        if (args.length > 3) {
            final KnownDifferences known = KnownDifferences.read(Path.of(args[3]));
            differences = known.unknown(differences);
            known.unmet().forEach(line -> System.out.println("does not occur: " + line));
        }
        Summary.of(differences).forEach(System.out::println);
        System.out.printf(
                "%d cases, %d differences, %d ms%n",
                cases.size(), differences.size(), (System.nanoTime() - start) / 1_000_000);
        System.exit(differences.isEmpty() ? 0 : 1);
    }

    private static InetSocketAddress address(final String text) {
        final int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
