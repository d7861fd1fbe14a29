package io.ottla.coordinator.group;

import io.ottla.api.group.PartitionAssignor;
import io.ottla.testkit.PartitionAssignorContract;

final class UniformAssignorTest extends PartitionAssignorContract {
    @Override
    protected PartitionAssignor assignor() {
        return new UniformAssignor();
    }
}
