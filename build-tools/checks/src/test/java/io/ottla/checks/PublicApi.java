package io.ottla.checks;

import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Describes the public API of a module as text: a sorted line for each type and member that other modules can use. */
final class PublicApi {
    /** The methods of every object: nothing changes for users if a type no longer declares them. */
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

    private static final int KEYWORDS = Modifier.methodModifiers() & ~(Modifier.SYNCHRONIZED | Modifier.NATIVE);

    private PublicApi() {}

    /**
     * Describes a module.
     *
     * @param module its descriptor.
     * @param classes all of its classes.
     * @return the lines of the module, and then those of each type.
     */
    static String describe(final ModuleDescriptor module, final List<Class<?>> classes) {
        final Set<String> exported = new TreeSet<>();
        module.exports().stream().filter(exports -> !exports.isQualified()).forEach(e -> exported.add(e.source()));
        final StringBuilder text = new StringBuilder("module " + module.name() + '\n');
        final Set<String> directives = new TreeSet<>();
        exported.forEach(name -> directives.add("exports " + name));
        module.requires().stream()
                .filter(requires -> requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
                .forEach(requires -> directives.add("requires transitive " + requires.name()));
        module.uses().forEach(service -> directives.add("uses " + service));
        module.provides().forEach(provides -> directives.add("provides " + provides.service()));
        directives.forEach(line -> text.append("    ").append(line).append('\n'));

        final TreeMap<String, Class<?>> types = new TreeMap<>();
        classes.stream()
                .filter(type -> exported.contains(type.getPackageName()) && isSeen(type))
                .forEach(type -> types.put(type.getName(), type));
        for (final Class<?> type : types.values()) {
            text.append('\n').append(declaration(type)).append('\n');
            members(type).forEach(line -> text.append("    ").append(line).append('\n'));
        }
        return text.toString();
    }

    private static boolean isSeen(final Class<?> type) {
        return isSeen(type.getModifiers())
                && (type.getDeclaringClass() == null || isSeen(type.getDeclaringClass()))
                && !type.isAnonymousClass();
    }

    private static boolean isSeen(final int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String declaration(final Class<?> type) {
        final StringBuilder line = new StringBuilder(shortened(type.toGenericString()));
        if (type.getSuperclass() != null
                && type.getSuperclass() != Object.class
                && !type.isEnum()
                && !type.isRecord()) {
            line.append(" extends ").append(name(type.getAnnotatedSuperclass()));
        }
        if (type.getInterfaces().length > 0) {
            line.append(type.isInterface() ? " extends " : " implements ").append(names(type.getAnnotatedInterfaces()));
        }
        if (type.isSealed()) {
            line.append(" permits ")
                    .append(Arrays.stream(type.getPermittedSubclasses())
                            .map(Class::getName)
                            .collect(Collectors.joining(", ")));
        }
        return words(deprecated(type), line.toString());
    }

    /** Returns the public members of a type, with those inherited from classes that are not public. */
    private static Set<String> members(final Class<?> type) {
        final boolean extensible = !Modifier.isFinal(type.getModifiers());
        final Set<String> lines = new TreeSet<>();
        for (final Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isShown(constructor.getModifiers(), constructor.isSynthetic(), extensible)) {
                lines.add(signature(constructor, "new"));
            }
        }
        final List<Class<?>> levels = new ArrayList<>();
        Class<?> level = type;
        do {
            levels.add(level);
            level = level.getSuperclass();
        } while (level != null && !isSeen(level));
        for (final Class<?> each : levels) {
            for (final Method method : each.getDeclaredMethods()) {
                if (isShown(method.getModifiers(), method.isSynthetic(), extensible)
                        && !OF_EVERY_OBJECT.contains(method.getName())) {
                    final String result = name(method.getAnnotatedReturnType()) + ' ' + method.getName();
                    lines.add(signature(method, result));
                }
            }
            for (final Field field : each.getDeclaredFields()) {
                if (isShown(field.getModifiers(), field.isSynthetic(), extensible)) {
                    lines.add(words(
                                    deprecated(field),
                                    Modifier.toString(field.getModifiers()),
                                    name(field.getAnnotatedType()),
                                    field.getName())
                            + value(field));
                }
            }
        }
        return lines;
    }

    private static boolean isShown(final int modifiers, final boolean synthetic, final boolean extensible) {
        return !synthetic && (Modifier.isPublic(modifiers) || extensible && Modifier.isProtected(modifiers));
    }

    private static String signature(final Executable executable, final String called) {
        final StringBuilder line = new StringBuilder();
        final boolean isDefault = executable instanceof Method method && method.isDefault();
        line.append(words(
                deprecated(executable),
                Modifier.toString(executable.getModifiers() & KEYWORDS),
                isDefault ? "default" : "",
                variables(executable.getTypeParameters()),
                called));
        line.append('(').append(names(executable.getAnnotatedParameterTypes())).append(')');
        if (executable.isVarArgs()) {
            line.replace(line.lastIndexOf("[]"), line.length() - 1, "...");
        }
        if (executable.getExceptionTypes().length > 0) {
            line.append(" throws ").append(names(executable.getAnnotatedExceptionTypes()));
        }
        return line.toString();
    }

    private static String variables(final TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables)
                .map(variable -> {
                    final String bounds = names(variable.getAnnotatedBounds());
                    return variable.getName() + (bounds.equals("Object") ? "" : " extends " + bounds);
                })
                .collect(Collectors.joining(", ", "<", ">"));
    }

    /** Returns the value that javac copies into users of a constant. */
    private static String value(final Field field) {
        final boolean isConstant = Modifier.isStatic(field.getModifiers())
                && Modifier.isFinal(field.getModifiers())
                && (field.getType().isPrimitive() || field.getType() == String.class);
        try {
            return isConstant ? " = " + field.get(null) : "";
        } catch (final IllegalAccessException e) {
            return "";
        }
    }

    private static String deprecated(final AnnotatedElement element) {
        return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated" : "";
    }

    private static String names(final AnnotatedType[] types) {
        return Arrays.stream(types).map(PublicApi::name).collect(Collectors.joining(", "));
    }

    private static String name(final AnnotatedType type) {
        return shortened(type.toString());
    }

    private static String shortened(final String text) {
        return text.replaceAll("\\bjava\\.lang\\.(?=[@A-Z])", "")
                .replace("org.jspecify.annotations.Nullable()", "Nullable");
    }

    private static String words(final String... words) {
        return Arrays.stream(words).filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    }
}
