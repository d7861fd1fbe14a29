package io.ottla.codec.generator;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Writes the enum of the APIs. */
final class ApiKeySource {
    private final List<MessageSchema> requests;
    private final Map<Integer, MessageSchema> responses;

    /**
     * Creates the source of the APIs.
     *
     * @param requests the requests, in ascending order of their API keys.
     * @param responses the responses by API key, one for each request.
     */
    ApiKeySource(final List<MessageSchema> requests, final Map<Integer, MessageSchema> responses) {
        this.requests = requests;
        this.responses = responses;
    }

    String write() {
        final Source out = new Source();
        out.line("package io.ottla.codec;").line("");
        for (final MessageSchema request : requests) {
            out.line("import io.ottla.codec.message." + request.root().name() + ";");
            out.line("import io.ottla.codec.message."
                    + responses.get(request.key()).root().name() + ";");
        }
        out.line("").javadoc("The APIs of the protocol: their numbers, versions, headers and messages.");
        out.line("public enum ApiKey {");
        for (int i = 0; i < requests.size(); i++) {
            writeConstant(out, requests.get(i), i == requests.size() - 1 ? ";" : ",");
        }
        out.line("").line("private static final ApiKey[] BY_ID = byId();").line("");
        out.line("private final short id;");
        out.line("private final String apiName;");
        out.line("private final short lowestVersion;");
        out.line("private final short highestVersion;");
        out.line("private final short highestUnstableVersion;");
        out.line("private final short firstFlexibleVersion;").line("");
        out.line("ApiKey(final int id, final String apiName, final int lowest, final int highest, final int"
                + " highestUnstable, final int firstFlexible) {");
        out.line("this.id = (short) id;");
        out.line("this.apiName = apiName;");
        out.line("lowestVersion = (short) lowest;");
        out.line("highestVersion = (short) highest;");
        out.line("highestUnstableVersion = (short) highestUnstable;");
        out.line("firstFlexibleVersion = (short) firstFlexible;");
        out.line("}").line("");
        out.line("private static ApiKey[] byId() {");
        out.line("final ApiKey[] byId = new ApiKey["
                + (requests.get(requests.size() - 1).key() + 1) + "];");
        out.line("for (final ApiKey key : values()) {")
                .line("byId[key.id] = key;")
                .line("}");
        out.line("return byId;").line("}");
        writeMethods(out);
        writeFactory(out, "Request");
        writeFactory(out, "Response");
        return out.line("}").toString();
    }

    private void writeConstant(final Source out, final MessageSchema request, final String end) {
        final MessageSchema response = Objects.requireNonNull(responses.get(request.key()));
        final StructSchema root = request.root();
        if (!root.versions().equals(response.root().versions())
                || !root.flexible().equals(response.root().flexible())) {
            throw new IllegalStateException(root.name() + " has other versions than its response");
        }
        final String name = root.name().replaceAll("Request$", "");
        final int highest = root.versions().highest();
        final int firstFlexible =
                root.flexible().isEmpty() ? Short.MAX_VALUE : root.flexible().lowest();
        out.javadoc(name + ", versions " + root.versions().lowest() + " to " + highest + ".");
        out.line(name.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "(" + request.key() + ", \""
                + name + "\", "
                + root.versions().lowest() + ", " + (request.unstable() ? highest - 1 : highest) + ", " + highest + ", "
                + firstFlexible + ")" + end);
    }

    private static void writeMethods(final Source out) {
        out.line("")
                .javadoc(
                        "Finds an API.",
                        "",
                        "@param id its API key, which may be unknown.",
                        "@return the API, or null if there is none of that number.");
        out.line("public static ApiKey forId(final int id) {");
        out.line("return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;").line("}");
        getter(out, "short", "id", "Returns the API key.", "the number in request headers.");
        getter(out, "String", "apiName", "Returns the name of the API.", "a name such as {@code Produce}.");
        getter(
                out,
                "short",
                "lowestVersion",
                "Returns the oldest version that can be read and written. For Produce, a broker still advertises 0"
                        + " (KAFKA-18659).",
                "a version.");
        getter(out, "short", "highestVersion", "Returns the newest stable version.", "a version.");
        getter(
                out,
                "short",
                "highestUnstableVersion",
                "Returns the newest version that can be read and written, which may still change.",
                "a version; the highest stable one for most APIs.");
        getter(
                out,
                "short",
                "firstFlexibleVersion",
                "Returns the first version with compact lengths and tagged fields (KIP-482).",
                "a version; {@link Short#MAX_VALUE} if there is none.");
        out.line("")
                .javadoc(
                        "Returns whether the messages of a version can be read and written.",
                        "",
                        "@param version a version.",
                        "@return true for all versions from the lowest to the highest unstable one.");
        out.line("public boolean hasVersion(final short version) {");
        out.line("return version >= lowestVersion && version <= highestUnstableVersion;")
                .line("}");
        out.line("")
                .javadoc(
                        "Returns the version of the header of a request.",
                        "",
                        "@param version the version of the request, which may be unknown.",
                        "@return 1, or 2 if the request is flexible.");
        out.line("public short requestHeaderVersion(final short version) {");
        out.line("return (short) (version >= firstFlexibleVersion ? 2 : 1);").line("}");
        out.line("")
                .javadoc(
                        "Returns the version of the header of a response.",
                        "",
                        "@param version the version of the response.",
                        "@return 0, or 1 if the response is flexible; always 0 for ApiVersions, because its client"
                                + " can't know the broker's versions",
                        "    (KIP-511).");
        out.line("public short responseHeaderVersion(final short version) {");
        out.line("return (short) (version >= firstFlexibleVersion && this != API_VERSIONS ? 1 : 0);")
                .line("}");
    }

    private static void getter(
            final Source out, final String type, final String name, final String about, final String returned) {
        out.line("").javadoc(about, "", "@return " + returned);
        out.line("public " + type + " " + name + "() {")
                .line("return " + name + ";")
                .line("}");
    }

    private void writeFactory(final Source out, final String kind) {
        out.line("")
                .javadoc(
                        "Creates an empty " + kind.toLowerCase(Locale.ROOT) + " of this API.",
                        "",
                        "@return a new message.");
        out.line("public " + kind + "Message new" + kind + "() {");
        // Statements, and not one expression: for an expression the JVM has to load the classes of all cases to find
        // their common type.
        out.line("switch (id) {");
        for (final MessageSchema request : requests) {
            final String name = kind.equals("Request")
                    ? request.root().name()
                    : responses.get(request.key()).root().name();
            out.line("case " + request.key() + " -> {")
                    .line("return new " + name + "();")
                    .line("}");
        }
        out.line("default -> throw new AssertionError(this);");
        out.line("}").line("}");
    }
}
