package io.ottla.codec.generator;

import java.util.List;
import java.util.stream.Collectors;

/** Writes the body of one class: fields, read, write, getters and setters. */
final class StructSource {
    private final Source out;
    private final MessageSchema message;
    private final StructSchema struct;
    private final String flexible;

    StructSource(final Source out, final MessageSchema message, final StructSchema struct) {
        this.out = out;
        this.message = message;
        this.struct = struct;
        final String condition = struct.flexible().condition(struct.versions());
        flexible = condition.startsWith("version") ? "flexible" : condition;
    }

    void writeBody(final boolean isRoot) {
        for (final Field field : struct.fields()) {
            final String initial = field.defaultValue();
            out.line("private " + field.javaType() + " " + field.name()
                    + (isJavaDefault(initial) ? "" : " = " + initial) + ";");
        }
        if (!struct.fields().isEmpty()) {
            out.line("");
        }
        out.javadoc("Creates a " + (isRoot ? "message" : "struct") + " with the defaults of all fields.")
                .line("public " + struct.name() + "() {}");
        writeRead(isRoot);
        writeWrite(isRoot);
        writeLists();
        if (isDroppable()) {
            writeIsDefault();
        }
        for (final Field field : struct.fields()) {
            writeAccessors(field);
        }
    }

    private static boolean isJavaDefault(final String initial) {
        return switch (initial) {
            case "null", "false", "0", "0L", "0.0", "(byte) 0", "(short) 0" -> true;
            default -> false;
        };
    }

    private void writeRead(final boolean isRoot) {
        out.line("").line("@Override");
        out.line("public void read(final MessageReader reader, final short version) {");
        if (isRoot) {
            out.line("checkReadable(version, LOWEST_VERSION, HIGHEST_VERSION);");
        }
        declareFlexible();
        final List<Field> tagged = struct.taggedFields();
        for (final Field field : struct.fields()) {
            if (field.isTagged()) {
                out.line(field.variable() + " = " + field.defaultValue() + ";");
            } else {
                readField(field);
            }
        }
        if (tagged.isEmpty()) {
            out.line("readTaggedFields(reader, " + flexible + ");");
        } else {
            readTagged(tagged);
        }
        out.line("}");
    }

    private void declareFlexible() {
        if (flexible.equals("flexible")) {
            out.line("final boolean flexible = " + struct.flexible().condition(struct.versions()) + ";");
        }
    }

    private void readField(final Field field) {
        final String present = field.versions().condition(struct.versions());
        if (field.type() != FieldType.STRUCT) {
            final String value = readExpression(field);
            if (present.equals("true")) {
                out.line(field.variable() + " = " + value + ";");
            } else if (value.contains("?")) {
                out.line("if (" + present + ") {");
                out.line(field.variable() + " = " + value + ";");
                out.line("} else {");
                out.line(field.variable() + " = " + field.defaultValue() + ";");
                out.line("}");
            } else {
                out.line(field.variable() + " = " + present + " ? " + value + " : " + field.defaultValue() + ";");
            }
            return;
        }
        if (present.equals("true")) {
            readStructs(field);
        } else {
            out.line("if (" + present + ") {");
            readStructs(field);
            out.line("} else {");
            out.line(field.variable() + " = " + field.defaultValue() + ";");
            out.line("}");
        }
    }

    private String readExpression(final Field field) {
        final String suffix = field.type().accessor() + (field.array() ? "List" : "");
        if (!field.array() && !field.type().hasLength()) {
            return "reader.read" + suffix + "()";
        }
        return byNullability(
                field,
                "reader.readNullable" + suffix + "(" + flexible + ")",
                "reader.read" + suffix + "(" + flexible + ")");
    }

    private static String byNullability(final Field field, final String nullable, final String notNull) {
        final String condition = field.nullable().condition(field.versions());
        return switch (condition) {
            case "true" -> nullable;
            case "false" -> notNull;
            default -> condition + " ? " + nullable + " : " + notNull;
        };
    }

    private void readStructs(final Field field) {
        final String name = field.variable();
        if (field.array()) {
            final String length = lengthOf(field);
            final String arguments = "(" + flexible + ", " + elementBytesMin(field) + ")";
            final String value = byNullability(
                    field, "reader.readNullableArrayLength" + arguments, "reader.readArrayLength" + arguments);
            out.line("final int " + length + " = " + value + ";");
            out.line(name + " = "
                    + (field.nullable().isEmpty() ? "" : length + " < 0 ? null : ")
                    + "new ArrayList<>(" + length + ");");
            out.line("for (int i = 0; i < " + length + "; i++) {");
            out.line("final " + field.structName() + " element = new " + field.structName() + "();");
            out.line("element.read(reader, version);");
            out.line(name + ".add(element);");
            out.line("}");
            return;
        }
        final String present = field.nullable().condition(field.versions());
        if (present.equals("false")) {
            out.line(name + " = new " + field.structName() + "();");
            out.line(name + ".read(reader, version);");
            return;
        }
        // Kafka encodes null differently in tagged fields.
        final String isNull = field.isTagged() ? "reader.readUnsignedVarint() == 0" : "reader.readByte() < 0";
        out.line("if (" + (present.equals("true") ? isNull : present + " && " + isNull) + ") {");
        out.line(name + " = null;");
        out.line("} else {");
        out.line(name + " = new " + field.structName() + "();");
        out.line(name + ".read(reader, version);");
        out.line("}");
    }

    private String lengthOf(final Field field) {
        final String length = field.name() + "Length";
        if (struct.fields().stream().anyMatch(other -> other.name().equals(length))) {
            throw new IllegalStateException("field name " + length + " is taken");
        }
        return length;
    }

    private int elementBytesMin(final Field field) {
        int bytes = Integer.MAX_VALUE;
        for (int version = field.versions().lowest();
                version <= field.versions().highest();
                version++) {
            bytes = Math.min(bytes, message.bytesMin(message.structs().get(field.structName()), version));
        }
        if (bytes <= 0) {
            throw new IllegalStateException(struct.name() + "." + field.name() + " has elements of no size");
        }
        return bytes;
    }

    private void readTagged(final List<Field> tagged) {
        final boolean always = flexible.equals("true");
        out.line("clearUnknownTaggedFields();");
        if (!always) {
            out.line("if (" + flexible + ") {");
        }
        out.line("for (int left = reader.readTaggedFieldCount(); left > 0; left--) {");
        out.line("final int tag = reader.readTag();");
        out.line("final int end = reader.readTaggedFieldEnd();");
        String otherwise = "";
        for (final Field field : tagged) {
            final String present = field.versions().condition(struct.flexible());
            out.line(
                    otherwise + "if (tag == " + field.tag() + (present.equals("true") ? "" : " && " + present) + ") {");
            if (field.type() == FieldType.STRUCT) {
                readStructs(field);
            } else {
                out.line(field.variable() + " = " + readExpression(field) + ";");
            }
            otherwise = "} else ";
        }
        out.line("} else {").line("keepTaggedField(reader, tag, end);").line("}");
        out.line("reader.endTaggedField(end);");
        out.line("}");
        out.line("endTaggedFields();");
        if (!always) {
            out.line("}");
        }
    }

    private void writeWrite(final boolean isRoot) {
        out.line("").line("@Override");
        out.line("public void write(final MessageWriter writer, final short version) {");
        if (isRoot) {
            out.line("checkWritable(version, LOWEST_VERSION, HIGHEST_VERSION);");
        }
        declareFlexible();
        for (final Field field : struct.fields()) {
            final String present = field.versions().condition(struct.versions());
            if (field.isTagged()) {
                if (!present.equals("true") && !field.ignorable()) {
                    refuse(field, "if (" + negate(present) + " && " + grouped(field.isSet()) + ") {");
                }
            } else if (present.equals("true")) {
                writeField(field);
            } else {
                out.line("if (" + present + ") {");
                writeField(field);
                if (field.ignorable()) {
                    out.line("}");
                } else {
                    refuse(field, "} else if (" + field.isSet() + ") {");
                }
            }
        }
        final List<Field> tagged = struct.taggedFields();
        if (tagged.isEmpty()) {
            out.line("writeTaggedFields(writer, version, " + flexible + ");");
        } else {
            writeTagged(tagged);
        }
        out.line("}");
    }

    private void refuse(final Field field, final String condition) {
        out.line(condition);
        out.line("throw unsupported(\"" + field.name() + "\", version);");
        out.line("}");
    }

    private static String negate(final String condition) {
        return condition.contains("&&")
                ? "!(" + condition + ")"
                : condition.contains(">=")
                        ? condition.replace(">=", "<")
                        : condition.contains("<=") ? condition.replace("<=", ">") : condition.replace("==", "!=");
    }

    private static String grouped(final String condition) {
        return condition.contains("||") ? "(" + condition + ")" : condition;
    }

    private void writeField(final Field field) {
        final String name = field.variable();
        final String nullable = field.nullable().condition(field.versions());
        if (!nullable.equals("true") && !nullable.equals("false")) {
            out.line("if (" + name + " == null && " + negate(nullable) + ") {");
            out.line("throw nullNotAllowed(\"" + field.name() + "\", version);");
            out.line("}");
        }
        final boolean mayBeNull = !field.nullable().isEmpty();
        if (field.type() == FieldType.STRUCT) {
            if (field.array()) {
                writeArray(field, mayBeNull);
            } else {
                writeStruct(field, mayBeNull);
            }
        } else if (field.array() || field.type().hasLength()) {
            out.line("writer.write" + (mayBeNull ? "Nullable" : "")
                    + field.type().accessor() + (field.array() ? "List" : "") + "(" + name + ", " + flexible + ");");
        } else {
            out.line("writer.write" + field.type().accessor() + "(" + name + ");");
        }
    }

    private void writeArray(final Field field, final boolean mayBeNull) {
        final String name = field.variable();
        final String length = lengthOf(field);
        out.line("final int " + length + " = " + (mayBeNull ? name + " == null ? -1 : " : "") + name + ".size();");
        out.line("writer.writeArrayLength(" + length + ", " + flexible + ");");
        out.line("for (int i = 0; i < " + length + "; i++) {");
        out.line(name + ".get(i).write(writer, version);");
        out.line("}");
    }

    private void writeStruct(final Field field, final boolean mayBeNull) {
        final String name = field.variable();
        if (!mayBeNull) {
            out.line(name + "().write(writer, version);");
            return;
        }
        if (!field.nullable().equals(field.versions())) {
            throw new IllegalStateException(struct.name() + "." + name + " is nullable in some versions only");
        }
        out.line("if (" + name + " == null) {");
        out.line(field.isTagged() ? "writer.writeUnsignedVarint(0);" : "writer.writeByte((byte) -1);");
        out.line("} else {");
        out.line(field.isTagged() ? "writer.writeUnsignedVarint(1);" : "writer.writeByte((byte) 1);");
        out.line(name + ".write(writer, version);");
        out.line("}");
    }

    private void writeTagged(final List<Field> tagged) {
        final boolean always = flexible.equals("true");
        if (!always) {
            out.line("if (" + flexible + ") {");
        }
        out.line("beginTaggedFields(writer);");
        for (final Field field : tagged) {
            final String present = field.versions().condition(struct.flexible());
            final String isSet = field.isSet();
            out.line("if (" + (present.equals("true") ? isSet : present + " && " + grouped(isSet)) + ") {");
            out.line("writer.beginTaggedField(" + field.tag() + ");");
            writeField(field);
            out.line("writer.endTaggedField();");
            out.line("}");
        }
        out.line("writer.endTaggedFields();");
        if (!always) {
            out.line("} else {");
            out.line("refuseTaggedFields(version);");
            out.line("}");
        }
    }

    private void writeLists() {
        out.line("").line("@Override").line("public String[] fieldNames() {");
        out.line("return new String[] {"
                + struct.fields().stream()
                        .map(field -> '"' + field.name() + '"')
                        .collect(Collectors.joining(", "))
                + "};");
        out.line("}");
        out.line("").line("@Override").line("public Object[] fieldValues() {");
        out.line("return new Object[] {"
                + struct.fields().stream()
                        .map(field -> field.name() + (field.isLazyStruct() ? "()" : ""))
                        .collect(Collectors.joining(", "))
                + "};");
        out.line("}");
    }

    /** Returns whether a field holds this struct and is only written if the struct differs from its defaults. */
    private boolean isDroppable() {
        return struct != message.root()
                && (isDroppable(message.root())
                        || message.structs().values().stream().anyMatch(this::isDroppable));
    }

    private boolean isDroppable(final StructSchema holder) {
        return holder.fields().stream()
                .anyMatch(field -> field.needsIsDefault() && field.structName().equals(struct.name()));
    }

    private void writeIsDefault() {
        out.line("")
                .javadoc(
                        "Returns whether all fields have their defaults, so that the struct need not be written.",
                        "",
                        "@return true if all fields have their defaults.");
        out.line("public boolean isDefault() {");
        out.line("return hasNoUnknownTaggedFields()"
                + struct.fields().stream()
                        .map(field -> " && !(" + field.isSet() + ")")
                        .collect(Collectors.joining())
                + ";");
        out.line("}");
    }

    private void writeAccessors(final Field field) {
        final String facts = facts(field);
        final String setter = "set" + Character.toUpperCase(field.name().charAt(0))
                + field.name().substring(1);
        out.line("")
                .javadoc("Returns the field {@code " + field.name() + "}: " + facts, "", "@return " + returned(field));
        out.line("public " + field.javaType() + " " + field.name() + "() {");
        if (field.isLazyStruct()) {
            out.line("if (" + field.name() + " == null) {");
            out.line(field.name() + " = new " + field.structName() + "();");
            out.line("}");
        }
        out.line("return " + field.name() + ";");
        out.line("}");
        out.line("")
                .javadoc(
                        "Sets the field {@code " + field.name() + "}: " + facts,
                        "",
                        "@param value the new value.",
                        "@return this.");
        out.line("public " + struct.name() + " " + setter + "(final " + field.javaType() + " value) {");
        out.line(field.variable() + " = value;");
        out.line("return this;");
        out.line("}");
    }

    private static String returned(final Field field) {
        if (field.nullable().isEmpty() && !(field.type() == FieldType.RECORDS)) {
            return field.array() ? "the list itself, not a copy." : "the value.";
        }
        return field.array() ? "the list itself, not a copy; or null." : "the value, or null.";
    }

    private String facts(final Field field) {
        final StringBuilder facts = new StringBuilder();
        if (field.array()) {
            facts.append("an array of ")
                    .append(
                            field.type() == FieldType.STRUCT
                                    ? "{@link " + field.structName() + "}"
                                    : "{@code " + field.type().boxedType() + "}");
        } else if (field.type() == FieldType.STRUCT) {
            facts.append("one {@link ").append(field.structName()).append('}');
        } else {
            facts.append(field.type().words());
        }
        facts.append(", ").append(field.versions().describe(struct.versions()));
        if (field.isTagged()) {
            facts.append(", tagged ").append(field.tag());
        }
        if (!field.nullable().isEmpty()) {
            facts.append(
                    field.nullable().equals(field.versions())
                            ? ", nullable"
                            : ", nullable " + field.nullable().describe(field.versions()));
        }
        final String defaultValue = field.describeDefault();
        if (!defaultValue.isEmpty()) {
            facts.append(", ").append(defaultValue).append(" by default");
        }
        facts.append('.');
        if (!field.versions().equals(struct.versions())) {
            facts.append(
                    field.ignorable()
                            ? " Other versions drop it."
                            : " Writing another value than the default in another version fails.");
        }
        return facts.toString();
    }
}
