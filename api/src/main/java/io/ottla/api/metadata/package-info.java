/** The SPI of a metadata coordinator: topics, configurations and producer ids. */
package io.ottla.api.metadata;
