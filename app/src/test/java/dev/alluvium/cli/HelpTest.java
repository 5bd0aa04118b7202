package dev.alluvium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Commands and options are public: scripts call them. One that goes, or means something else, breaks somebody's. */
class HelpTest {
    private final StringWriter out = new StringWriter();

    @Test
    void ofTheProgram() {
        assertThat(help()).isEqualTo("""
                Usage: alluvium [-h] [--debug] COMMAND
                Archives Kafka topics of protobuf messages as Parquet files, exactly once.
                      --debug   Show stack traces of errors.
                  -h, --help    Show this help.
                Commands:
                  run       Archive what the pipelines of a configuration file say, until
                              stopped.
                  validate  Report everything that is wrong with a configuration file.
                  cat       Print the rows of data files, a JSON object a line.
                  inspect   Print the schema, the row groups and the facts of data files.
                  demo      Archive generated data from an embedded broker and check every
                              value.
                  version   Print which build this is, and of Java.
                """);
    }

    @Test
    void ofRun() {
        assertThat(help("run")).isEqualTo("""
                Usage: alluvium run [-h] [--debug] [--drain] FILE
                Archive what the pipelines of a configuration file say, until stopped.
                      FILE      The configuration file.
                      --debug   Show stack traces of errors.
                      --drain   Finish what was decided under this configuration, so that a
                                  changed one may follow, and stop.
                  -h, --help    Show this help.
                """);
    }

    @Test
    void ofValidate() {
        assertThat(help("validate")).isEqualTo("""
                Usage: alluvium validate [-h] [--connect] [--debug] [--json] FILE
                Report everything that is wrong with a configuration file.
                      FILE        The configuration file.
                      --connect   Also ask Kafka and the store whether a run would work, and
                                    print what it must be allowed to do. Leaves nothing behind
                                    but a transactional id that expires.
                      --debug     Show stack traces of errors.
                  -h, --help      Show this help.
                      --json      With --connect: print the result as one JSON object.
                """);
    }

    @Test
    void ofCat() {
        assertThat(help("cat")).isEqualTo("""
                Usage: alluvium cat [-h] [--debug] [--config=FILE] [--limit=N] [--columns=NAME[,
                                    NAME...]]... FILE|PREFIX
                Print the rows of data files, a JSON object a line.
                      FILE|PREFIX     A file, a folder, or what the names of several files
                                        begin with.
                      --columns=NAME[,NAME...]
                                      Print, and read, only these columns, in this order.
                      --config=FILE   Look in the store of this configuration file, not on this
                                        machine.
                      --debug         Show stack traces of errors.
                  -h, --help          Show this help.
                      --limit=N       Print no more than N rows.
                """);
    }

    @Test
    void ofInspect() {
        assertThat(help("inspect")).isEqualTo("""
                Usage: alluvium inspect [-h] [--debug] [--json] [--config=FILE] FILE|PREFIX
                Print the schema, the row groups and the facts of data files.
                      FILE|PREFIX     A file, a folder, or what the names of several files
                                        begin with.
                      --config=FILE   Look in the store of this configuration file, not on this
                                        machine.
                      --debug         Show stack traces of errors.
                  -h, --help          Show this help.
                      --json          Print a JSON object a line and file.
                """);
    }

    @Test
    void ofDemo() {
        assertThat(help("demo")).isEqualTo("""
                Usage: alluvium demo [-h] [--debug] [--json] [--dir=DIR] [--records=N]
                Archive generated data from an embedded broker and check every value.
                      --debug       Show stack traces of errors.
                      --dir=DIR     Where everything is written, the files under DIR/archive
                                      (default: demo).
                  -h, --help        Show this help.
                      --json        Print the result as one JSON object.
                      --records=N   Records to produce (default: 200000).
                """);
    }

    @Test
    void ofVersion() {
        assertThat(help("version")).isEqualTo("""
                Usage: alluvium version [-h] [--debug]
                Print which build this is, and of Java.
                      --debug   Show stack traces of errors.
                  -h, --help    Show this help.
                """);
    }

    private String help(String... command) {
        String[] arguments = command.length == 0 ? new String[] {"--help"} : new String[] {command[0], "--help"};
        CommandLine commands = Main.commands(
                Map.of(),
                (configuration, drain) -> {
                    throw new AssertionError("run was not asked for");
                },
                (records, directory, json) -> {
                    throw new AssertionError("demo was not asked for");
                },
                new PrintWriter(out, true),
                new PrintWriter(out, true));
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        assertThat(commands.execute(arguments)).isZero();
        return out.toString();
    }
}
