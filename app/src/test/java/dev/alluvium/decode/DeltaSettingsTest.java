package dev.alluvium.decode;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alluvium.schema.DeltaTable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaSettingsTest {
    private static final DeltaTable USERS = DeltaTable.undeclared("users");

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "/"})
    void refusesAGatewayThatNamesNoFolder(String gateway) {
        assertThatThrownBy(() -> new DeltaSettings(gateway, List.of(), false, true, DeltaSettings.ClockDrift.COUNT))
                .hasMessageContaining("\"" + gateway + "\" is no gateway");
    }

    @Test
    void refusesATableDeclaredTwice() {
        assertThatThrownBy(() -> DeltaArchive.settings(false, USERS, USERS))
                .hasMessageContaining("users is declared twice");
    }
}
