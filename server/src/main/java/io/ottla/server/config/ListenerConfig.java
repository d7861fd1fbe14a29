package io.ottla.server.config;

import io.ottla.api.ConfigException;
import io.ottla.api.transport.ListenerSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Parses the keys that configure and advertise listeners. */
final class ListenerConfig {
    private static final String PLAINTEXT = "PLAINTEXT";

    private ListenerConfig() {}

    /**
     * Returns the listeners to open.
     *
     * @param entries the value of {@code listeners}.
     * @param protocolMap the value of {@code listener.security.protocol.map}.
     * @param controllerNames the names of listeners that are ignored.
     * @return at least one listener; their names are distinct.
     * @throws ConfigException if an entry cannot be parsed, a name is used twice, or the protocol is not supported.
     */
    static List<ListenerSpec> listeners(
            final List<String> entries, final String protocolMap, final List<String> controllerNames) {
        final String key = NetworkKeys.LISTENERS.name();
        final Map<String, String> protocols = protocols(protocolMap);
        final ArrayList<String> leftOut = new ArrayList<>();
        for (final String name : controllerNames) {
            leftOut.add(name.toUpperCase(Locale.ROOT));
        }
        final ArrayList<ListenerSpec> listeners = new ArrayList<>();
        final ArrayList<String> names = new ArrayList<>();
        for (final String entry : entries) {
            final ListenerSpec listener = parse(key, entry);
            if (names.contains(listener.name())) {
                throw new ConfigException(
                        key + ": each listener needs a unique name, and " + listener.name() + " is used twice");
            }
            names.add(listener.name());
            if (leftOut.contains(listener.name())) {
                continue;
            }
            final String protocol = protocols.get(listener.name());
            if (protocol == null) {
                throw new ConfigException(key + ": no protocol is given for listener " + listener.name() + "; add "
                        + listener.name() + ":PLAINTEXT to " + NetworkKeys.LISTENER_SECURITY_PROTOCOL_MAP.name());
            }
            if (!protocol.equals(PLAINTEXT)) {
                throw new ConfigException(key + ": listener " + listener.name() + " has the protocol " + protocol
                        + ", and only PLAINTEXT is served yet");
            }
            listeners.add(listener);
        }
        if (listeners.isEmpty()) {
            throw new ConfigException(key + ": at least one listener is needed");
        }
        return List.copyOf(listeners);
    }

    /**
     * Returns the addresses to advertise.
     *
     * @param entries the value of {@code advertised.listeners}, or null.
     * @param listeners the listeners that are opened.
     * @param controllerNames the names of listeners that are ignored.
     * @return by listener name; without the listeners that advertise the address that the client connected to.
     * @throws ConfigException if an entry cannot be parsed or names no listener, or clients cannot connect to an
     *     address.
     */
    static Map<String, AdvertisedListener> advertised(
            final List<String> entries, final List<ListenerSpec> listeners, final List<String> controllerNames) {
        final String key = NetworkKeys.ADVERTISED_LISTENERS.name();
        final LinkedHashMap<String, AdvertisedListener> advertised = new LinkedHashMap<>();
        for (final String entry : entries == null ? List.<String>of() : entries) {
            final ListenerSpec parsed = parse(key, entry);
            if (isControllers(parsed.name(), controllerNames)) {
                continue;
            }
            if (!isListener(parsed.name(), listeners)) {
                throw new ConfigException(
                        key + ": " + parsed.name() + " is not among the names in " + NetworkKeys.LISTENERS.name());
            }
            if (parsed.host().isEmpty()
                    || parsed.host().equals("0.0.0.0")
                    || parsed.host().equals("::")) {
                throw new ConfigException(key + ": " + entry + " has no address that a client could connect to");
            }
            final AdvertisedListener other =
                    advertised.put(parsed.name(), new AdvertisedListener(parsed.name(), parsed.host(), parsed.port()));
            if (other != null) {
                throw new ConfigException(key + ": " + parsed.name() + " is listed twice");
            }
        }
        return Map.copyOf(advertised);
    }

    private static boolean isControllers(final String name, final List<String> controllerNames) {
        for (final String controller : controllerNames) {
            if (controller.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isListener(final String name, final List<ListenerSpec> listeners) {
        for (final ListenerSpec listener : listeners) {
            if (listener.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static ListenerSpec parse(final String key, final String entry) {
        final int scheme = entry.indexOf("://");
        final int colon = entry.lastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3) {
            throw unreadable(key, entry);
        }
        String host = entry.substring(scheme + 3, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new ConfigException(
                    key + ": " + entry + ": an IPv6 address must be in brackets, as in NAME://[::1]:9092");
        }
        final int port;
        try {
            port = Integer.parseInt(entry.substring(colon + 1));
        } catch (final NumberFormatException e) {
            throw unreadable(key, entry);
        }
        if (port < 0 || port > 65535) {
            throw new ConfigException(key + ": " + entry + ": a port must be a number from 0 to 65535");
        }
        return new ListenerSpec(entry.substring(0, scheme).toUpperCase(Locale.ROOT), host, port);
    }

    private static ConfigException unreadable(final String key, final String entry) {
        return new ConfigException(key + ": '" + entry + "' is not of the form NAME://host:port");
    }

    private static Map<String, String> protocols(final String map) {
        final HashMap<String, String> protocols = new HashMap<>();
        for (final String entry : map.split(",")) {
            final int colon = entry.indexOf(':');
            if (colon <= 0) {
                throw new ConfigException(NetworkKeys.LISTENER_SECURITY_PROTOCOL_MAP.name() + ": '" + entry
                        + "' is not of the form NAME:PROTOCOL");
            }
            protocols.put(
                    entry.substring(0, colon).trim().toUpperCase(Locale.ROOT),
                    entry.substring(colon + 1).trim().toUpperCase(Locale.ROOT));
        }
        return protocols;
    }
}
