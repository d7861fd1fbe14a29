/**
 * The compression formats of record batches, in plain Java. All bounds are checked, because the input is not trusted.
 * Not for use outside the module.
 */
package io.ottla.codec.compression;
