/**
 * The types that every module of the broker uses: bytes, clocks, agents, error codes and the discovery of providers.
 */
@NullMarked
package io.ottla.api;

import org.jspecify.annotations.NullMarked;
