/** What every module of the broker has in common: bytes, clocks, agents, error codes and the discovery of providers. */
package io.ottla.api;
