/** The generator of the codec's Java sources from Kafka's message schemas, which runs when the codec is built. */
package io.ottla.codec.generator;
