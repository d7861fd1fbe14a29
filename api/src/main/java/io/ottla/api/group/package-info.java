/**
 * The SPI of a group coordinator: the requests of members and their responses, independent of wire versions. Names are
 * those of Kafka's APIs.
 */
@NullMarked
package io.ottla.api.group;

import org.jspecify.annotations.NullMarked;
