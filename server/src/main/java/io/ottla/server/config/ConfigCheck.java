package io.ottla.server.config;

import io.ottla.api.ConfigException;
import java.util.List;

/** Checks a value beyond its type. The messages are Kafka's, because users search for them. */
interface ConfigCheck {
    /**
     * Checks a value.
     *
     * @param name the key, for the message.
     * @param value the value, of the key's type, not null.
     * @throws ConfigException if the value is not valid.
     */
    void check(String name, Object value);

    /**
     * Describes the valid values, for the documentation.
     *
     * @return a phrase; empty if every value is valid.
     */
    String describe();

    /**
     * Creates the exception for a value that is not valid.
     *
     * @param name the key.
     * @param value the value.
     * @param reason the rule that the value violates.
     * @return the exception.
     */
    static ConfigException invalid(final String name, final Object value, final String reason) {
        return new ConfigException("Invalid value " + value + " for configuration " + name + ": " + reason);
    }

    /**
     * A range of numbers.
     *
     * @param min the smallest valid number.
     * @param max the largest valid number.
     * @param orMinusOne whether -1 is valid, too.
     */
    record Range(double min, double max, boolean orMinusOne) implements ConfigCheck {
        @Override
        public void check(final String name, final Object value) {
            final double number = ((Number) value).doubleValue();
            if (number >= min && number <= max || orMinusOne && number == -1) {
                return;
            }
            if (orMinusOne) {
                throw invalid(
                        name, value, "Value must be between " + plain(min) + " and " + plain(max) + " or equal to -1");
            }
            throw invalid(
                    name,
                    value,
                    number < min ? "Value must be at least " + plain(min) : "Value must be no more than " + plain(max));
        }

        @Override
        public String describe() {
            final String range = max == Double.MAX_VALUE ? plain(min) + " or more" : plain(min) + " to " + plain(max);
            return orMinusOne ? range + ", or -1" : range;
        }

        private static String plain(final double number) {
            return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        }
    }

    /**
     * A set of words. If the value is a list, each element must be one of them.
     *
     * @param words the valid words.
     */
    record OneOf(List<String> words) implements ConfigCheck {
        @Override
        public void check(final String name, final Object value) {
            if (value instanceof final List<?> elements) {
                for (final Object element : elements) {
                    checkWord(name, element);
                }
            } else {
                checkWord(name, value);
            }
        }

        private void checkWord(final String name, final Object word) {
            if (!words.contains(word)) {
                throw invalid(name, word, "String must be one of: " + String.join(", ", words));
            }
        }

        @Override
        public String describe() {
            return String.join(", ", words);
        }
    }

    /** Checks lists of replicas: {@code *}, or pairs such as {@code 0:1}. */
    final class Replicas implements ConfigCheck {
        @Override
        public void check(final String name, final Object value) {
            final List<?> elements = (List<?>) value;
            if (elements.size() == 1 && "*".equals(elements.getFirst())) {
                return;
            }
            for (final Object element : elements) {
                if (!isPair((String) element)) {
                    throw invalid(
                            name,
                            value,
                            name + " must be the literal '*' or a list of replicas in the following format: "
                                    + "[partitionId]:[brokerId],[partitionId]:[brokerId],...");
                }
            }
        }

        private static boolean isPair(final String element) {
            final int colon = element.indexOf(':');
            return isNumber(element, 0, colon) && isNumber(element, colon + 1, element.length());
        }

        private static boolean isNumber(final String text, final int from, final int to) {
            for (int i = from; i < to; i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return false;
                }
            }
            return from < to;
        }

        @Override
        public String describe() {
            return "* or partition:broker,...";
        }
    }
}
