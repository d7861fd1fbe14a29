package io.ottla.coordinator.group;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.ottla.api.ErrorCode;

/**
 * A regular expression that a member subscribes to, in RE2's language as in Kafka. RE2 matches in linear time, but
 * parses, compiles and matches recursively, and a counted repetition copies its operand. So the length, the nesting and
 * the size are checked before RE2 sees the expression.
 */
final class TopicExpression {
    /** The length of the longest expression, in characters. */
    static final int LENGTH_MAX = 4096;

    /** The deepest nesting of groups. RE2 overflows a stack of 512 kB at 1000; this leaves room for the callers. */
    static final int NESTING_MAX = 100;

    /**
     * The largest number of characters, classes and operators, with repetitions. Matching recurses at most that deep.
     */
    static final int SIZE_MAX = 2048;

    private final Pattern pattern;

    private TopicExpression(final Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Compiles an expression.
     *
     * @param regex the expression.
     * @return the compiled expression.
     * @throws GroupRefusal INVALID_REGULAR_EXPRESSION if it is not well-formed or too large.
     */
    static TopicExpression of(final String regex) {
        if (regex.length() > LENGTH_MAX) {
            throw new GroupRefusal(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "SubscribedTopicRegex has " + regex.length() + " characters, and may have " + LENGTH_MAX + ".");
        }
        new Measure(regex).check();
        try {
            return new TopicExpression(Pattern.compile(regex));
        } catch (final PatternSyntaxException e) {
            throw refusal(regex, e.getDescription());
        }
    }

    private static GroupRefusal refusal(final String regex, final String why) {
        return new GroupRefusal(
                ErrorCode.INVALID_REGULAR_EXPRESSION,
                "SubscribedTopicRegex `" + regex + "` is not a valid regular expression: " + why + ".");
    }

    /**
     * Returns the size of the compiled expression, which bounds the work of a match.
     *
     * @return the number of states; each may be visited once for each character.
     */
    int states() {
        return pattern.programSize();
    }

    boolean matches(final String name) {
        return pattern.matches(name);
    }

    /** Measures an expression in one pass. The result is never smaller than RE2's. */
    private static final class Measure {
        private final String regex;
        private final long[] outer = new long[NESTING_MAX];
        private int depth;
        private int position;
        /** The size of the innermost group so far, and of its last item, which an operator may repeat. */
        private long size;

        private long last;

        Measure(final String regex) {
            this.regex = regex;
        }

        void check() {
            while (position < regex.length()) {
                final char c = regex.charAt(position++);
                switch (c) {
                    case '(' -> open();
                    case ')' -> close();
                    case '[' -> {
                        skipClass();
                        add(1);
                    }
                    case '\\' -> escape();
                    case '{' -> repeat();
                    default -> add(1);
                }
                if (size > SIZE_MAX) {
                    throw refusal(regex, "with its repeats it has more than " + SIZE_MAX + " parts");
                }
            }
        }

        private void add(final long added) {
            last = added;
            size += added;
        }

        private void open() {
            if (depth == NESTING_MAX) {
                throw refusal(regex, "its groups are nested more than " + NESTING_MAX + " deep");
            }
            outer[depth++] = size;
            size = 0;
            last = 0;
        }

        /** Ends a group, which counts two more for its begin and end. An extra parenthesis is refused by RE2. */
        private void close() {
            if (depth > 0) {
                final long inner = size + 2;
                size = outer[--depth];
                add(inner);
            }
        }

        private void skipClass() {
            skip('^');
            skip(']');
            while (position < regex.length() && regex.charAt(position) != ']') {
                position += regex.charAt(position) == '\\' ? 2 : 1;
            }
            position++;
        }

        private void skip(final char c) {
            if (position < regex.length() && regex.charAt(position) == c) {
                position++;
            }
        }

        private void escape() {
            final char c = position < regex.length() ? regex.charAt(position) : ' ';
            position++;
            if (c == 'Q') {
                final int end = regex.indexOf("\\E", position);
                final int to = end < 0 ? regex.length() : end;
                add(to - position);
                position = end < 0 ? to : to + 2;
            } else {
                if ((c == 'p' || c == 'P' || c == 'x') && position < regex.length() && regex.charAt(position) == '{') {
                    final int end = regex.indexOf('}', position);
                    position = end < 0 ? regex.length() : end + 1;
                }
                add(1);
            }
        }

        /**
         * Reads the larger number of {@code {n,m}}. Other text in braces counts both as a repetition and as characters.
         */
        private void repeat() {
            long number = 0;
            long most = 1;
            int next = position;
            while (next < regex.length() && (Character.isDigit(regex.charAt(next)) || regex.charAt(next) == ',')) {
                final char c = regex.charAt(next++);
                number = c == ',' ? 0 : Math.min(number * 10 + Character.digit(c, 10), SIZE_MAX);
                most = Math.max(most, number);
            }
            size += last * (most - 1) + 1;
            last = last * most + 1;
        }
    }
}
