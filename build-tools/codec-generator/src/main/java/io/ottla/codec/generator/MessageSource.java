package io.ottla.codec.generator;

/** Writes the file of one message. */
final class MessageSource {
    private final MessageSchema message;

    MessageSource(final MessageSchema message) {
        this.message = message;
    }

    String write() {
        final Source out = new Source();
        final StructSchema root = message.root();
        out.line("package io.ottla.codec.message;").line("");
        final Source body = new Source();
        writeClass(body);
        final String text = body.toString();
        importIf(out, text, "Payload", "io.ottla.api.Payload");
        out.line("import io.ottla.codec.MessageReader;");
        out.line("import io.ottla.codec.MessageWriter;");
        importIf(out, text, "RecordMessage", "io.ottla.codec.RecordMessage");
        importIf(out, text, "RequestMessage", "io.ottla.codec.RequestMessage");
        importIf(out, text, "ResponseMessage", "io.ottla.codec.ResponseMessage");
        out.line("import io.ottla.codec.Struct;");
        importIf(out, text, "ArrayList", "java.util.ArrayList");
        importIf(out, text, "List", "java.util.List");
        importIf(out, text, "UUID", "java.util.UUID");
        if (root.versions().isEmpty()) {
            throw new IllegalStateException(root.name() + " has no versions");
        }
        return out.line("").toString() + text;
    }

    private static void importIf(final Source out, final String text, final String name, final String imported) {
        if (text.matches("(?s).*\\b" + name + "\\b.*")) {
            out.line("import " + imported + ";");
        }
    }

    private void writeClass(final Source out) {
        final StructSchema root = message.root();
        out.javadoc(describe(), "", "<p><b>Note:</b> not thread-safe.");
        out.line("public final class " + root.name() + " extends Struct" + implemented() + " {");
        writeConstants(out);
        new StructSource(out, message, root).writeBody(true);
        switch (message.kind()) {
            case REQUEST, RESPONSE ->
                out.line("")
                        .line("@Override")
                        .line("public short apiKey() {")
                        .line("return API_KEY;")
                        .line("}");
            case METADATA, COORDINATOR_KEY, COORDINATOR_VALUE ->
                out.line("")
                        .line("@Override")
                        .line("public short recordType() {")
                        .line("return RECORD_TYPE;")
                        .line("}");
            default -> {}
        }
        for (final StructSchema struct : message.structs().values()) {
            out.line("")
                    .javadoc(
                            "A struct of {@link " + root.name() + "}, "
                                    + struct.versions().describe(root.versions()) + ".",
                            "",
                            "<p><b>Note:</b> not thread-safe.");
            out.line("public static final class " + struct.name() + " extends Struct {");
            new StructSource(out, message, struct).writeBody(false);
            out.line("}");
        }
        out.line("}");
    }

    private String implemented() {
        return switch (message.kind()) {
            case REQUEST -> " implements RequestMessage";
            case RESPONSE -> " implements ResponseMessage";
            case METADATA, COORDINATOR_KEY, COORDINATOR_VALUE -> " implements RecordMessage";
            default -> "";
        };
    }

    private String describe() {
        final StructSchema root = message.root();
        final String name = root.name();
        final String what = switch (message.kind()) {
            case REQUEST -> "A request of the API " + name.replaceAll("Request$", "") + " (" + message.key() + ")";
            case RESPONSE -> "A response of the API " + name.replaceAll("Response$", "") + " (" + message.key() + ")";
            case METADATA -> "The record type " + name + " (" + message.key() + ") of the metadata log";
            case COORDINATOR_KEY ->
                "The key of the record type " + name.replaceAll("Key$", "") + " (" + message.key()
                        + ") of a coordinator's log";
            case COORDINATOR_VALUE ->
                "The value of the record type " + name.replaceAll("Value$", "") + " (" + message.key()
                        + ") of a coordinator's log";
            default -> "The bytes named " + name;
        };
        final Versions versions = root.versions();
        final String range = versions.lowest() == versions.highest()
                ? "version " + versions.lowest()
                : "versions " + versions.lowest() + " to " + versions.highest();
        return what + ", " + range + ", "
                + (root.flexible().isEmpty()
                        ? "none of them flexible."
                        : "flexible " + root.flexible().describe(versions) + ".");
    }

    private void writeConstants(final Source out) {
        final StructSchema root = message.root();
        switch (message.kind()) {
            case REQUEST, RESPONSE ->
                out.javadoc("The API key.")
                        .line("public static final short API_KEY = " + message.key() + ";")
                        .line("");
            case METADATA, COORDINATOR_KEY, COORDINATOR_VALUE ->
                out.javadoc("The number of the record type.")
                        .line("public static final short RECORD_TYPE = " + message.key() + ";")
                        .line("");
            default -> {}
        }
        out.javadoc("The oldest version.")
                .line("public static final short LOWEST_VERSION = "
                        + root.versions().lowest() + ";")
                .line("");
        out.javadoc("The newest version." + (message.unstable() ? " It may still change." : ""))
                .line("public static final short HIGHEST_VERSION = "
                        + root.versions().highest() + ";")
                .line("");
    }
}
