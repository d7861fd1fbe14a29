/**
 * The group coordinator: groups and their offsets in {@code __consumer_offsets}. Classic groups and those of KIP-848 are together, since
 * they turn into each other.
 */
package io.ottla.coordinator.group;
