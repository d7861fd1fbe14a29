package io.ottla.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ConfigException;
import io.ottla.cli.CommandOptions.Action;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandOptionsTest {
    @TempDir
    private Path folder;

    @Test
    void shouldStartWithDefaultsWhenThereAreNoArguments() {
        assertThat(CommandOptions.parse()).isEqualTo(new CommandOptions(Action.START, Map.of(), null, false));
        assertThat(CommandOptions.parse("start")).isEqualTo(new CommandOptions(Action.START, Map.of(), null, false));
    }

    @Test
    void shouldOnlySpeakWhenAskedForHelpOrVersion() {
        assertThat(CommandOptions.parse("--help").action()).isEqualTo(Action.HELP);
        assertThat(CommandOptions.parse("start", "--help").action()).isEqualTo(Action.HELP);
        assertThat(CommandOptions.parse("-h").action()).isEqualTo(Action.HELP);
        assertThat(CommandOptions.parse("--version").action()).isEqualTo(Action.VERSION);
    }

    @Test
    void shouldLetOptionsWinWhenTheFileSaysOtherwise() throws IOException {
        final Path file = folder.resolve("a file.properties");
        Files.writeString(
                file,
                "# comment\nnum.partitions=2\nlog.dirs=/file\nlisteners = INSIDE://:1\nbroker.rack=Gasse\u00df\n",
                StandardCharsets.UTF_8);

        final CommandOptions options = CommandOptions.parse(
                "start",
                "--config",
                file.toString(),
                "--set",
                "num.partitions=3",
                "--set=message.max.bytes=7=8",
                "--port=0",
                "--data-dir",
                "/a b",
                "--storage",
                "memory",
                "--ready-file",
                "r");

        assertThat(options.properties())
                .isEqualTo(Map.of(
                        "num.partitions", "3",
                        "message.max.bytes", "7=8",
                        "log.dirs", "/a b",
                        "listeners", "INSIDE://:0",
                        "broker.rack", "Gasse\u00df",
                        "ottla.storage", "memory"));
        assertThat(options.readyFile()).isEqualTo(Path.of("r"));
    }

    @Test
    void shouldChangeHalfAnAddressWhenOnlyHalfIsGiven() {
        assertThat(listeners("--port", "0")).isEqualTo("PLAINTEXT://127.0.0.1:0");
        assertThat(listeners("--host", "0.0.0.0")).isEqualTo("PLAINTEXT://0.0.0.0:9092");
        assertThat(listeners("--host", "::1", "--port", "1")).isEqualTo("PLAINTEXT://[::1]:1");
        assertThat(listeners("--host", "")).isEqualTo("PLAINTEXT://:9092");
    }

    @Test
    void shouldSayWhatIsWrongWhenArgumentsAreNotUnderstood() {
        assertRefused("unknown option --prot; did you mean --port?", "--prot", "1");
        assertRefused("unknown option --prot; did you mean --port?", "--prot=1");
        assertRefused("unknown option --xyzzyx; see --help", "--xyzzyx");
        assertRefused("unknown option -x", "-x");
        assertRefused("unexpected argument 'stop'", "stop");
        assertRefused("unexpected argument 'now'", "start", "now");
        assertRefused("--port needs a value", "--port");
        assertRefused("--port is given twice", "--port", "1", "--port", "2");
        assertRefused("--port x: a port is a number from 0 to 65535", "--port", "x");
        assertRefused("--port 65536: a port is a number from 0 to 65535", "--port", "65536");
        assertRefused("--port -1: a port is a number from 0 to 65535", "--port", "-1");
        assertRefused("--set num.partitions: KEY=VALUE is expected", "--set", "num.partitions");
        assertRefused(
                "there is no such file", "--config", folder.resolve("none").toString());
        assertRefused("cannot be read", "--config", folder.toString());
        assertRefused(
                "--host and --port can't be used with several listeners",
                "--set",
                "listeners=A://:1,B://:2",
                "--port",
                "0");
    }

    @Test
    void shouldSayWhatIsWrongWhenTheFileIsNotText() throws IOException {
        final Path file = folder.resolve("binary");
        Files.write(file, new byte[] {'a', '=', (byte) 0xff, (byte) 0xfe});
        final Path escape = folder.resolve("escape");
        Files.writeString(escape, "a=\\u00zz\n");

        assertRefused("not a text file in UTF-8", "--config", file.toString());
        assertRefused("--config " + escape, "--config", escape.toString());
    }

    private static String listeners(final String... args) {
        return CommandOptions.parse(args).properties().get("listeners");
    }

    private static void assertRefused(final String message, final String... args) {
        assertThatThrownBy(() -> CommandOptions.parse(args))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
