package io.ottla.server;

import io.ottla.codec.ApiKey;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the APIs that a test class proves to be served, at every version that is advertised. {@code docs/compatibility.md} is
 * made of it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Proves {
    /** The APIs. */
    ApiKey[] value();
}
