package io.ottla.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the conversation with two running brokers, and prints the unknown differences of their answers. */
final class Converse {
    private static final int PARALLEL = 4;
    private static final String EVERY_CASE = ".*";

    private Converse() {}

    /**
     * Compares two brokers.
     *
     * @param args the address of the reference, that of the broker to compare, the file of known differences, and a regular
     *             expression that the names of cases must match ({@code .*} for all).
     * @throws IOException if that file can't be read.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length != 4) {
            System.err.println("usage: Converse HOST:PORT HOST:PORT KNOWN-DIFFERENCES REGEX");
            System.exit(2);
        }
        final List<Case> cases = new ArrayList<>();
        for (final Case one : Conversation.cases()) {
            if (one.toString().matches(args[3])) {
                cases.add(one);
            }
        }
        final long start = System.nanoTime();
        final String tag = "t" + System.currentTimeMillis() % 1_000_000 + "x";
        final KnownDifferences known = KnownDifferences.read(Path.of(args[2]));
        final List<Difference> all = new Conversation(address(args[0]), address(args[1]), tag).run(cases, PARALLEL);
        final List<Difference> unknown = known.unknown(all);
        // Only the whole conversation shows that a difference no longer occurs.
        final List<String> unmet = args[3].equals(EVERY_CASE) ? known.unmet() : List.of();
        Summary.of(unknown).forEach(System.out::println);
        unmet.forEach(line -> System.out.println("does not occur any more: " + line));
        System.out.printf(
                "%d cases, %d differences that are listed, %d that are not, %d lines of the list without a difference,"
                        + " %d s%n",
                cases.size(),
                all.size() - unknown.size(),
                unknown.size(),
                unmet.size(),
                (System.nanoTime() - start) / 1_000_000_000);
        System.exit(unknown.isEmpty() && unmet.isEmpty() ? 0 : 1);
    }

    private static InetSocketAddress address(final String text) {
        final int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
