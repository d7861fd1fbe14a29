package io.ottla.codec.generator;

/**
 * A range of versions, both ends included.
 *
 * @param lowest the first version.
 * @param highest the last version; less than the first if the range is empty.
 */
record Versions(int lowest, int highest) {
    static final Versions NONE = new Versions(0, -1);

    /**
     * Reads the schemas' notation: {@code 3}, {@code 3-7}, {@code 3+} or {@code none}.
     *
     * @param text the notation, or an empty text for no versions.
     * @return the range.
     */
    static Versions parse(final String text) {
        if (text.isEmpty() || text.equals("none")) {
            return NONE;
        }
        if (text.endsWith("+")) {
            return new Versions(Integer.parseInt(text.substring(0, text.length() - 1)), Short.MAX_VALUE);
        }
        final int dash = text.indexOf('-');
        return dash < 0
                ? new Versions(Integer.parseInt(text), Integer.parseInt(text))
                : new Versions(Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
    }

    boolean isEmpty() {
        return highest < lowest;
    }

    boolean contains(final int version) {
        return lowest <= version && version <= highest;
    }

    Versions and(final Versions other) {
        final Versions both = new Versions(Math.max(lowest, other.lowest), Math.min(highest, other.highest));
        return both.isEmpty() ? NONE : both;
    }

    /**
     * Returns the Java expression that is true in these versions.
     *
     * @param within all versions, which contain these.
     * @return the expression; {@code true} or {@code false} if no check is needed.
     */
    String condition(final Versions within) {
        if (isEmpty()) {
            return "false";
        }
        final boolean below = within.lowest < lowest;
        final boolean above = highest < within.highest;
        if (below && above) {
            return lowest == highest ? "version == " + lowest : "version >= " + lowest + " && version <= " + highest;
        }
        return below ? "version >= " + lowest : above ? "version <= " + highest : "true";
    }

    /**
     * Returns these versions in words.
     *
     * @param within all versions, which contain these.
     * @return a phrase such as "in versions 3 and later".
     */
    String describe(final Versions within) {
        if (isEmpty()) {
            return "in no version";
        }
        if (equals(within)) {
            return "in all versions";
        }
        if (lowest == highest) {
            return "in version " + lowest;
        }
        if (highest == within.highest) {
            return "in versions " + lowest + " and later";
        }
        return "in versions " + lowest + " to " + highest;
    }
}
