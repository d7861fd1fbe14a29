/**
 * The group coordinator: groups and their offsets in {@code __consumer_offsets}. Classic groups and those of KIP-848
 * share a package, since they are converted to each other.
 */
package io.ottla.coordinator.group;
