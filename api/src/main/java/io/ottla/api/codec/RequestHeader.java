package io.ottla.api.codec;

import org.jspecify.annotations.Nullable;

/**
 * The header of a request. One object is reused for all requests, so that reading a header does not allocate.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RequestHeader {
    private static final int SHOWN_CLIENT_ID_CHARS_MAX = 100;

    private short apiKey = -1;
    private short apiVersion = -1;
    private int correlationId;
    private @Nullable String clientId;

    /** Creates an empty header. */
    public RequestHeader() {}

    /**
     * Fills this header.
     *
     * @param newApiKey the API key.
     * @param newApiVersion the version of the API that the client uses.
     * @param newCorrelationId the correlation id, which the response repeats.
     * @param newClientId the client id, or null.
     */
    public void set(
            final short newApiKey,
            final short newApiVersion,
            final int newCorrelationId,
            final @Nullable String newClientId) {
        apiKey = newApiKey;
        apiVersion = newApiVersion;
        correlationId = newCorrelationId;
        clientId = newClientId;
    }

    /**
     * Returns the API key.
     *
     * @return the API key, which may be unknown.
     */
    public short apiKey() {
        return apiKey;
    }

    /**
     * Returns the version of the API.
     *
     * @return the version, which may be unknown.
     */
    public short apiVersion() {
        return apiVersion;
    }

    /**
     * Returns the correlation id, which matches the response to the request.
     *
     * @return the correlation id.
     */
    public int correlationId() {
        return correlationId;
    }

    /**
     * Returns the client id, for quotas and logs.
     *
     * @return the client id, or null if the client sent none.
     */
    public @Nullable String clientId() {
        return clientId;
    }

    /**
     * Returns the header as text for logs. A client id may have any characters; line breaks and characters past a
     * maximum length are not shown.
     */
    @Override
    public String toString() {
        return "api " + apiKey + " v" + apiVersion + " correlation " + correlationId + " client " + shownClientId();
    }

    private @Nullable String shownClientId() {
        if (clientId == null) {
            return null;
        }
        final StringBuilder shown = new StringBuilder();
        final int length = Math.min(clientId.length(), SHOWN_CLIENT_ID_CHARS_MAX);
        for (int i = 0; i < length; i++) {
            shown.append(Character.isISOControl(clientId.charAt(i)) ? '?' : clientId.charAt(i));
        }
        return shown.append(length < clientId.length() ? "..." : "").toString();
    }
}
