/** Maintains partitions: retention, compaction, recovery, recovery points. */
package io.ottla.server.upkeep;
