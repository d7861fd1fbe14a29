package io.ottla.interop;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Finds where the answers of two brokers to one case differ. */
final class Comparison {
    private static final String ABSENT = "absent";

    private final Case of;
    private final List<Difference> differences = new ArrayList<>();
    private String step;

    private Comparison(final Case of) {
        this.of = of;
    }

    /**
     * Compares all steps of a case.
     *
     * @param of    the case.
     * @param left  the first broker after the case.
     * @param right the second broker after the case.
     * @return the differences, in the order of the steps.
     */
    static List<Difference> compare(final Case of, final Peer left, final Peer right) {
        final Comparison comparison = new Comparison(of);
        comparison.steps(left, right);
        return comparison.differences;
    }

    private void steps(final Peer left, final Peer right) {
        final Normaliser leftNormaliser = new Normaliser(left);
        final Normaliser rightNormaliser = new Normaliser(right);
        final int count = Math.max(left.steps().size(), right.steps().size());
        for (int i = 0; i < count; i++) {
            if (i >= left.steps().size() || i >= right.steps().size()) {
                step = i < left.steps().size()
                        ? left.steps().get(i).label()
                        : right.steps().get(i).label();
                add(
                        "",
                        i < left.steps().size() ? "asked" : ABSENT,
                        i < right.steps().size() ? "asked" : ABSENT);
                continue;
            }
            final Step leftStep = left.steps().get(i);
            final Step rightStep = right.steps().get(i);
            step = leftStep.label();
            value("outcome", leftStep.outcome(), rightStep.outcome());
            if (leftStep.outcome().equals(rightStep.outcome())) {
                struct("", leftNormaliser.normalise(leftStep.answer()), rightNormaliser.normalise(rightStep.answer()));
            }
        }
    }

    private void struct(final String path, final Map<String, Object> left, final Map<String, Object> right) {
        final Set<String> names = new LinkedHashSet<>(left.keySet());
        names.addAll(right.keySet());
        for (final String name : names) {
            final String below = path.isEmpty() ? name : path + "." + name;
            if (!left.containsKey(name) || !right.containsKey(name)) {
                add(
                        below,
                        left.containsKey(name) ? text(left.get(name)) : ABSENT,
                        right.containsKey(name) ? text(right.get(name)) : ABSENT);
            } else {
                value(below, left.get(name), right.get(name));
            }
        }
    }

    private void value(final String path, final Object left, final Object right) {
        if (left instanceof Map<?, ?> && right instanceof Map<?, ?>) {
            struct(path, Trees.map(left), Trees.map(right));
        } else if (left instanceof List<?> && right instanceof List<?>) {
            list(path, Trees.list(left), Trees.list(right));
        } else if (!Objects.equals(left, right)) {
            add(path, text(left), text(right));
        }
    }

    /** Pairs the elements of two lists by what tells them apart, and by position where nothing does. */
    private void list(final String path, final List<Object> left, final List<Object> right) {
        int l = 0;
        int r = 0;
        while (l < left.size() || r < right.size()) {
            final String leftName = l < left.size() ? Normaliser.identity(left.get(l)) : null;
            final String rightName = r < right.size() ? Normaliser.identity(right.get(r)) : null;
            final int order = leftName == null ? 1 : rightName == null ? -1 : leftName.compareTo(rightName);
            final String name = order <= 0 ? leftName : rightName;
            final String element = path + "[" + (name.isEmpty() ? String.valueOf(Math.max(l, r)) : name) + "]";
            if (order == 0) {
                value(element, left.get(l++), right.get(r++));
            } else if (order < 0) {
                add(element, text(left.get(l++)), ABSENT);
            } else {
                add(element, ABSENT, text(right.get(r++)));
            }
        }
    }

    private void add(final String path, final String left, final String right) {
        differences.add(new Difference(of, step, path, left, right));
    }

    private static String text(final Object value) {
        return String.valueOf(value).replace("|", "/").replaceAll("\\p{Cntrl}", " ");
    }
}
