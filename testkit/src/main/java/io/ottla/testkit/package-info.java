/** Contract tests for each SPI, and what tests need to hold time still and to see leaks. */
package io.ottla.testkit;
