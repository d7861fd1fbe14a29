/** The handlers of settings, and what they share. */
package io.ottla.server.settings;
