package io.ottla.coordinator.group;

import io.ottla.api.group.PartitionAssignor;
import io.ottla.testkit.PartitionAssignorContract;

final class RangeAssignorTest extends PartitionAssignorContract {
    @Override
    protected PartitionAssignor assignor() {
        return new RangeAssignor();
    }
}
