/** What happens to partitions without a request: retention, compaction, recovery, checkpoints. */
package io.ottla.server.upkeep;
