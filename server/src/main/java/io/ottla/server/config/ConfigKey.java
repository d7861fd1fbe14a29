package io.ottla.server.config;

import io.ottla.api.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Defines one configuration key for parsing, DescribeConfigs and the documentation. Immutable.
 */
public final class ConfigKey {
    private final int index;
    private final String name;
    private final ConfigType type;
    private final String defaultText;
    private final Object defaultValue;
    private final ConfigCheck check;
    private final String section;
    private final String doc;
    private final String difference;
    private final String inert;
    private final Limit limit;
    private final boolean internal;
    private final List<Synonym> synonyms;

    /**
     * The limit that a key sets for clients.
     *
     * @param protects what the limit protects, as a phrase.
     * @param past what happens to a client that exceeds it, as a clause.
     * @param unset the limit that the start computes if the key is not set; null if that is the key's default.
     */
    record Limit(String protects, String past, String unset) {}

    /**
     * Another key whose value is used if the key itself is not set.
     *
     * @param name the other key.
     * @param factor the factor that the other key's number is multiplied by; 1 to take the value as it is.
     */
    record Synonym(String name, long factor) {}

    private ConfigKey(final Definition definition, final int index, final String doc) {
        this.index = index;
        name = definition.name;
        type = definition.type;
        check = definition.check;
        defaultText = definition.defaultText;
        defaultValue =
                definition.defaultValue != null || defaultText == null ? definition.defaultValue : parse(defaultText);
        section = definition.section;
        this.doc = doc;
        difference = definition.difference;
        inert = definition.inert;
        limit = definition.limit;
        internal = definition.internal;
        synonyms = List.copyOf(definition.synonyms);
    }

    /**
     * Returns the index of this key among the keys of its kind.
     *
     * @return 0 for the first one that was defined.
     */
    int index() {
        return index;
    }

    /**
     * Returns the name of the key.
     *
     * @return Kafka's property name, or one that begins with {@code ottla.}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the type of the value.
     *
     * @return the type.
     */
    public ConfigType type() {
        return type;
    }

    /**
     * Returns the default as text.
     *
     * @return the text, or null if there is no default.
     */
    public String defaultText() {
        return defaultText;
    }

    /**
     * Returns the default.
     *
     * @return the result of {@link #parse}, or null if there is no default.
     */
    Object defaultValue() {
        return defaultValue;
    }

    /**
     * Returns the check of a value beyond its type.
     *
     * @return the check, or null if there is none.
     */
    ConfigCheck check() {
        return check;
    }

    /**
     * Returns the heading of the section that documents this key.
     *
     * @return a short title.
     */
    String section() {
        return section;
    }

    /**
     * Returns the documentation of the key.
     *
     * @return a sentence or two.
     */
    public String doc() {
        return doc;
    }

    /**
     * Returns why the default or the meaning differs from Kafka's.
     *
     * @return a sentence, or null if there is no difference.
     */
    String difference() {
        return difference;
    }

    /**
     * Returns why the key has no effect.
     *
     * @return a clause, or null if the key has an effect.
     */
    String inert() {
        return inert;
    }

    /**
     * Returns the limit that the key sets for clients.
     *
     * @return null if the key limits nothing that a client asks for.
     */
    Limit limit() {
        return limit;
    }

    /**
     * Returns whether the key is for tests only. Such a key is neither described to clients nor documented.
     *
     * @return true if it is.
     */
    public boolean isInternal() {
        return internal;
    }

    /**
     * Returns whether the value must not be shown.
     *
     * @return true for passwords.
     */
    public boolean isSensitive() {
        return type == ConfigType.PASSWORD;
    }

    /**
     * Returns the keys whose values are used if this key is not set.
     *
     * @return the keys, in order of precedence.
     */
    List<Synonym> synonyms() {
        return synonyms;
    }

    /**
     * Parses and checks a value.
     *
     * @param text the value as configured.
     * @return a Boolean, String, Integer, Long, Double or List of String.
     * @throws ConfigException if the value is not of the key's type, or not valid.
     */
    public Object parse(final String text) {
        final String trimmed = text.trim();
        final Object value;
        // Not a switch, which would load another class at every start.
        if (type == ConfigType.INT || type == ConfigType.LONG || type == ConfigType.DOUBLE) {
            value = parseNumber(trimmed);
        } else if (type == ConfigType.BOOLEAN) {
            value = parseBoolean(trimmed);
        } else if (type == ConfigType.LIST) {
            value = parseList(trimmed);
        } else {
            value = trimmed;
        }
        if (check != null) {
            check.check(name, value);
        }
        return value;
    }

    private Boolean parseBoolean(final String text) {
        if (text.equalsIgnoreCase("true")) {
            return Boolean.TRUE;
        }
        if (text.equalsIgnoreCase("false")) {
            return Boolean.FALSE;
        }
        throw ConfigCheck.invalid(name, text, "Expected value to be either true or false");
    }

    private Object parseNumber(final String text) {
        try {
            if (type == ConfigType.INT) {
                return Integer.valueOf(text);
            }
            if (type == ConfigType.LONG) {
                return Long.valueOf(text);
            }
            return Double.valueOf(text);
        } catch (final NumberFormatException e) {
            throw ConfigCheck.invalid(name, text, "Not a number of type " + type.name());
        }
    }

    private static List<String> parseList(final String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        final Set<String> elements = new LinkedHashSet<>();
        int from = 0;
        while (from <= text.length()) {
            final int comma = text.indexOf(',', from);
            final int to = comma < 0 ? text.length() : comma;
            elements.add(text.substring(from, to).trim());
            from = to + 1;
        }
        return List.copyOf(elements);
    }

    /**
     * Formats a value as Kafka does in DescribeConfigs.
     *
     * @param value the result of {@link #parse}; may be null.
     * @return the text, or null for null.
     */
    public static String format(final Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof final List<?> elements) {
            final StringBuilder text = new StringBuilder();
            for (final Object element : elements) {
                text.append(text.isEmpty() ? "" : ",").append(element);
            }
            return text.toString();
        }
        return value.toString();
    }

    @Override
    public String toString() {
        return name + " (" + type.name().toLowerCase(Locale.ROOT) + ")";
    }

    /** Builds a key. {@link #doc} completes the key and adds it to the list of its kind. */
    static final class Definition {
        private final List<ConfigKey> kind;
        private final String section;
        private final String name;
        private final ConfigType type;
        private final String defaultText;
        private final ArrayList<Synonym> synonyms = new ArrayList<>(0);
        private ConfigCheck check;
        private Object defaultValue;
        private String difference;
        private String inert;
        private Limit limit;
        private boolean internal;

        /**
         * Begins a definition.
         *
         * @param kind the list that the key is added to.
         * @param section the heading of its section in the documentation.
         * @param name the key.
         * @param type the type of its value.
         * @param defaultText the default as text, or null for none.
         */
        Definition(
                final List<ConfigKey> kind,
                final String section,
                final String name,
                final ConfigType type,
                final String defaultText) {
            this.kind = kind;
            this.section = section;
            this.name = name;
            this.type = type;
            this.defaultText = defaultText;
        }

        /**
         * Begins the definition of a key that has the type, the default and the checks of a broker's key, and uses the
         * value of that key as its default.
         *
         * @param kind the list that the key is added to.
         * @param section the heading of its section in the documentation.
         * @param name the key.
         * @param broker the key of the broker.
         * @return the definition.
         */
        static Definition like(
                final List<ConfigKey> kind, final String section, final String name, final ConfigKey broker) {
            final Definition definition = new Definition(kind, section, name, broker.type, broker.defaultText);
            definition.defaultValue = broker.defaultValue;
            definition.check = broker.check;
            definition.inert = broker.inert;
            definition.limit = broker.limit;
            definition.internal = broker.internal;
            return definition.synonym(broker.name);
        }

        Definition atLeast(final long min) {
            return check(new ConfigCheck.Range(min, Double.MAX_VALUE, false));
        }

        Definition between(final double min, final double max) {
            return check(new ConfigCheck.Range(min, max, false));
        }

        Definition betweenOrMinusOne(final double min, final double max) {
            return check(new ConfigCheck.Range(min, max, true));
        }

        /**
         * Sets the parsed default. Parsing a double would load eight classes at every start.
         *
         * @param value the value of the default.
         * @return this.
         */
        Definition thatIs(final double value) {
            defaultValue = value;
            return this;
        }

        Definition oneOf(final String... words) {
            return check(new ConfigCheck.OneOf(List.of(words)));
        }

        Definition check(final ConfigCheck asked) {
            check = asked;
            return this;
        }

        Definition synonym(final String other) {
            return synonym(other, 1);
        }

        Definition synonym(final String other, final long factor) {
            synonyms.add(new Synonym(other, factor));
            return this;
        }

        /**
         * Documents why the default or the meaning differs from Kafka's.
         *
         * @param reason a sentence.
         * @return this.
         */
        Definition unlikeKafka(final String reason) {
            difference = reason;
            return this;
        }

        /**
         * Documents that the key is accepted and has no effect.
         *
         * @param reason a clause that gives the reason.
         * @return this.
         */
        Definition inert(final String reason) {
            inert = reason;
            return this;
        }

        /**
         * Documents that the key limits what clients may ask for, in {@code docs/limits.md}.
         *
         * @param protects what the limit protects, as a phrase.
         * @param past what happens to a client that exceeds it, as a clause.
         * @return this.
         */
        Definition limit(final String protects, final String past) {
            return limit(protects, past, null);
        }

        /**
         * Documents that the key limits what clients may ask for, with a limit that the start computes unless the key
         * is set.
         *
         * @param protects what the limit protects, as a phrase.
         * @param past what happens to a client that exceeds it, as a clause.
         * @param unset the limit if the key is not set.
         * @return this.
         */
        Definition limit(final String protects, final String past, final String unset) {
            limit = new Limit(protects, past, unset);
            return this;
        }

        Definition internal() {
            internal = true;
            return this;
        }

        /**
         * Completes the definition.
         *
         * @param doc the documentation of the key, in a sentence or two.
         * @return the key.
         */
        ConfigKey doc(final String doc) {
            final ConfigKey key = new ConfigKey(this, kind.size(), doc);
            kind.add(key);
            return key;
        }
    }
}
