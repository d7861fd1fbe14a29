/**
 * The SPI of a group coordinator: what members say to their group and what they are answered, free of wire versions. Names are those of
 * Kafka's APIs.
 */
package io.ottla.api.group;
