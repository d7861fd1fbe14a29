package io.ottla.server;

import io.ottla.codec.ApiKey;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the APIs that a test class proves to be served, in every version that is advertised.
 * {@code docs/compatibility.md} is generated from it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Proves {
    /** Returns the APIs. */
    ApiKey[] value();
}
