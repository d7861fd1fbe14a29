package io.ottla.server.config;

import io.ottla.api.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The definition of one configuration key: all that parsing, DescribeConfigs and the documentation need to know of it.
 * Immutable.
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
     * What a key that bounds clients is good for.
     *
     * @param protects what would suffer without it, as a clause.
     * @param past what a client gets past it, as a clause.
     * @param unset the bound that holds if the key is not set and the start works it out; null if that is the key's default.
     */
    record Limit(String protects, String past, String unset) {}

    /**
     * Another key that a value comes from where the key itself is not set.
     *
     * @param name the other key.
     * @param factor what the other key's number is multiplied by; 1 for a value that is taken as it is.
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
     * The place of this key among the keys of its kind.
     *
     * @return 0 for the first one defined.
     */
    int index() {
        return index;
    }

    /**
     * The key.
     *
     * @return Kafka's own property name, or one that begins with {@code ottla.}
     */
    public String name() {
        return name;
    }

    /**
     * The type of the value.
     *
     * @return the type.
     */
    public ConfigType type() {
        return type;
    }

    /**
     * The value that holds where none is set, as one would write it.
     *
     * @return the text, or null if there is no default.
     */
    public String defaultText() {
        return defaultText;
    }

    /**
     * The value that holds where none is set.
     *
     * @return as from {@link #parse}, or null if there is no default.
     */
    Object defaultValue() {
        return defaultValue;
    }

    /**
     * What is asked of a value beyond its type.
     *
     * @return the check, or null if there is none.
     */
    ConfigCheck check() {
        return check;
    }

    /**
     * The heading that the documentation lists this key under.
     *
     * @return a short title.
     */
    String section() {
        return section;
    }

    /**
     * What the key is for.
     *
     * @return a sentence or two.
     */
    public String doc() {
        return doc;
    }

    /**
     * Why the default or the meaning is not Kafka's.
     *
     * @return a sentence, or null if there is no difference.
     */
    String difference() {
        return difference;
    }

    /**
     * Why a valid value changes nothing.
     *
     * @return a clause, or null if it does.
     */
    String inert() {
        return inert;
    }

    /**
     * Returns what the key bounds for clients.
     *
     * @return null if it bounds nothing that a client asks for.
     */
    Limit limit() {
        return limit;
    }

    /**
     * Whether the key is meant for tests, and is neither described to clients nor documented.
     *
     * @return true if so.
     */
    public boolean isInternal() {
        return internal;
    }

    /**
     * Whether the value must not be shown.
     *
     * @return true for passwords.
     */
    public boolean isSensitive() {
        return type == ConfigType.PASSWORD;
    }

    /**
     * Where a value comes from if the key itself is not set.
     *
     * @return other keys, the strongest first.
     */
    List<Synonym> synonyms() {
        return synonyms;
    }

    /**
     * Reads and checks a value.
     *
     * @param text as somebody wrote it.
     * @return a Boolean, String, Integer, Long, Double or List of String.
     * @throws ConfigException if it is not of the type or not permitted.
     */
    public Object parse(final String text) {
        final String trimmed = text.trim();
        final Object value;
        // Not a switch, which would bring a class of its own to every start.
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
     * Writes a value as Kafka does in DescribeConfigs.
     *
     * @param value as from {@link #parse}; may be null.
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

    /** A key in the making. {@link #doc} completes it and adds it to its kind's list. */
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
         * @param section the heading that the documentation lists it under.
         * @param name the key.
         * @param type the type of its value.
         * @param defaultText the default as one would write it, or null for none.
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
         * Begins the definition of a key that has the type, the default and the checks of a broker's key, and takes its
         * value where it has none of its own.
         *
         * @param kind the list that the key is added to.
         * @param section the heading that the documentation lists it under.
         * @param name the key.
         * @param broker the broker's key.
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
         * Gives the default as it would be parsed. Parsing a double brings eight classes to every start.
         *
         * @param value what the default's text means.
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
         * Says why the default or the meaning is not Kafka's.
         *
         * @param reason a sentence.
         * @return this.
         */
        Definition unlikeKafka(final String reason) {
            difference = reason;
            return this;
        }

        /**
         * Says that a valid value is taken and changes nothing.
         *
         * @param reason a clause that tells why.
         * @return this.
         */
        Definition inert(final String reason) {
            inert = reason;
            return this;
        }

        /**
         * Says that the key bounds what clients may ask for, for {@code docs/limits.md}.
         *
         * @param protects what would suffer without it, as a clause.
         * @param past what a client gets past it, as a clause.
         * @return this.
         */
        Definition limit(final String protects, final String past) {
            return limit(protects, past, null);
        }

        /**
         * Says that the key bounds what clients may ask for, by a bound that the start works out unless the key is set.
         *
         * @param protects what would suffer without it, as a clause.
         * @param past what a client gets past it, as a clause.
         * @param unset the bound that holds if the key is not set.
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
         * @param doc what the key is for, in a sentence or two.
         * @return the key.
         */
        ConfigKey doc(final String doc) {
            final ConfigKey key = new ConfigKey(this, kind.size(), doc);
            kind.add(key);
            return key;
        }
    }
}
