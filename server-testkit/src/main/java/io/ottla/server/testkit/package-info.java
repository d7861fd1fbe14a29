/** A whole broker in the thread of a test, and its clients. */
package io.ottla.server.testkit;
