/** The handlers of groups, and what they share. */
package io.ottla.server.group;
