package io.ottla.api.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that every method is forwarded. One that is added later with a default would otherwise run that default and
 * not the wrapped object's method.
 */
class ForwardingTest {
    private static final long ANSWER = 42;

    static Stream<Method> methodsOfLog() {
        return methods(PartitionLog.class);
    }

    static Stream<Method> methodsOfStorage() {
        return methods(Storage.class);
    }

    private static Stream<Method> methods(final Class<?> type) {
        return Arrays.stream(type.getMethods()).filter(method -> !Modifier.isStatic(method.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("methodsOfLog")
    void shouldPassOnWhatALogIsAsked(final Method method) throws ReflectiveOperationException {
        final List<List<?>> calls = new ArrayList<>();

        assertPassedOn(method, new ForwardingLog(recording(PartitionLog.class, calls)) {}, calls);
    }

    @ParameterizedTest
    @MethodSource("methodsOfStorage")
    void shouldPassOnWhatAStorageIsAsked(final Method method) throws ReflectiveOperationException {
        final List<List<?>> calls = new ArrayList<>();

        assertPassedOn(method, new ForwardingStorage(recording(Storage.class, calls)) {}, calls);
    }

    private static void assertPassedOn(final Method method, final Object forwarding, final List<List<?>> calls)
            throws ReflectiveOperationException {
        final Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = value(method.getParameterTypes()[i], ANSWER + 1 + i);
        }

        final Object answer = method.invoke(forwarding, arguments);

        assertThat(calls).containsExactly(List.of(method.getName(), Arrays.asList(arguments)));
        assertThat(answer).isEqualTo(value(method.getReturnType(), ANSWER));
    }

    private static <T> T recording(final Class<T> type, final List<List<?>> calls) {
        final InvocationHandler handler = (proxy, method, arguments) -> {
            calls.add(List.of(method.getName(), arguments == null ? List.of() : Arrays.asList(arguments)));
            return value(method.getReturnType(), ANSWER);
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Returns a value that no other number gives, if the type has enough values. */
    private static Object value(final Class<?> type, final long number) {
        if (type == long.class) {
            return number;
        } else if (type == int.class) {
            return (int) number;
        } else if (type == boolean.class) {
            return true;
        } else if (type == ByteBuffer.class) {
            return ByteBuffer.allocate((int) number);
        } else if (type == LogId.class) {
            return new LogId(new UUID(0, number), "topic", 0);
        } else if (type == LogConfig.class) {
            return new LogConfig((int) number, number, (int) number);
        } else if (type == Set.class) {
            return Set.of(number);
        }
        return null;
    }
}
