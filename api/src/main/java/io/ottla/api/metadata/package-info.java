/** The SPI of a metadata coordinator: topics, configurations and producer ids. */
@NullMarked
package io.ottla.api.metadata;

import org.jspecify.annotations.NullMarked;
