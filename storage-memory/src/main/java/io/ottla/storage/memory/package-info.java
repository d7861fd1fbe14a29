/** The reference storage: logs in memory, with the simplest code that fulfils the contract. */
package io.ottla.storage.memory;
