/** The reference storage: logs in memory, and the simplest code that keeps the contract. */
package io.ottla.storage.memory;
