/** Programs that drive a running broker from outside, and compare it with Apache Kafka. */
package io.ottla.interop;
