/**
 * The types that every module of the broker uses: bytes, clocks, agents, error codes and the discovery of providers.
 */
package io.ottla.api;
