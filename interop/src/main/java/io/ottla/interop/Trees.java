package io.ottla.interop;

import java.util.List;
import java.util.Map;

/** Looks into decoded answers. */
final class Trees {
    private Trees() {}

    /**
     * Follows a path.
     *
     * @param tree a decoded answer or a part of one.
     * @param path names of fields and indexes of elements.
     * @return what is there.
     * @throws RuntimeException if the path leads nowhere.
     */
    static Object at(final Object tree, final Object... path) {
        Object node = tree;
        for (final Object step : path) {
            node = step instanceof final Integer index
                    ? ((List<?>) node).get(index)
                    : map(node).get(step);
        }
        return node;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(final Object node) {
        return (Map<String, Object>) node;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(final Object node) {
        return (List<Object>) node;
    }
}
