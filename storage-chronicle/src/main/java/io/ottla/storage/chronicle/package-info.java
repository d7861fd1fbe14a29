/** Stores logs in files that Chronicle Bytes maps: the worked example of docs/write-a-storage.md. */
package io.ottla.storage.chronicle;
