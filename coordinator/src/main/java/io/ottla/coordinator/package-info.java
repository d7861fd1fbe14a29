/**
 * The coordinators' providers. The coordinators themselves are in packages that are not exported: {@code runtime}, and one for each kind
 * of coordinator.
 */
package io.ottla.coordinator;
