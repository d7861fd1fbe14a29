/** Turns Kafka's message schemas into the codec's Java while the codec is built. */
package io.ottla.codec.generator;
