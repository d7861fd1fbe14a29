package io.ottla.interop;

/**
 * A place where two brokers answered differently.
 *
 * @param of    the case.
 * @param step  the step of the case.
 * @param path  the field, with list elements named by what tells them apart.
 * @param left  what the first broker said there.
 * @param right what the second broker said there.
 */
record Difference(Case of, String step, String path, String left, String right) {
    @Override
    public String toString() {
        return String.join(" | ", of.api().toString(), "v" + of.version(), of.name(), step, path, left, right);
    }
}
