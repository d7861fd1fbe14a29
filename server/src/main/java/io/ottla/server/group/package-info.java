/** Serves the APIs of groups and committed offsets. */
package io.ottla.server.group;
