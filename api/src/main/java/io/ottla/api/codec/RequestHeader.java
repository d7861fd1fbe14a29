package io.ottla.api.codec;

/**
 * The header of a request. One object is filled again and again, so that reading it costs no allocation.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class RequestHeader {
    private static final int SHOWN_CLIENT_ID_CHARS_MAX = 100;

    private short apiKey = -1;
    private short apiVersion = -1;
    private int correlationId;
    private String clientId;

    /** An empty header. */
    public RequestHeader() {}

    /**
     * Fills this header.
     *
     * @param newApiKey Kafka's number of the API.
     * @param newApiVersion the version of the API's messages that the client speaks.
     * @param newCorrelationId the client's number of the request, which the response repeats.
     * @param newClientId the client's name for itself, or null.
     */
    public void set(
            final short newApiKey, final short newApiVersion, final int newCorrelationId, final String newClientId) {
        apiKey = newApiKey;
        apiVersion = newApiVersion;
        correlationId = newCorrelationId;
        clientId = newClientId;
    }

    /**
     * Which API is asked.
     *
     * @return Kafka's number of the API, which need not be one that exists.
     */
    public short apiKey() {
        return apiKey;
    }

    /**
     * In which version.
     *
     * @return the version of the API's messages, which need not be one that exists.
     */
    public short apiVersion() {
        return apiVersion;
    }

    /**
     * What pairs the response with the request.
     *
     * @return the client's number of the request.
     */
    public int correlationId() {
        return correlationId;
    }

    /**
     * The client's name for itself, for quotas and logs.
     *
     * @return the name, or null if the client gave none.
     */
    public String clientId() {
        return clientId;
    }

    /** For logs. A client may name itself with any characters, and those that would end the line or are too many are not shown. */
    @Override
    public String toString() {
        return "api " + apiKey + " v" + apiVersion + " correlation " + correlationId + " client " + shownClientId();
    }

    private String shownClientId() {
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
