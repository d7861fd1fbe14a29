/**
 * The compression formats of record batches, in plain Java that checks every bound, since what is decompressed comes from
 * anybody. Not for use outside the module.
 */
package io.ottla.codec.compression;
