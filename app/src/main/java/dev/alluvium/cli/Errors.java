package dev.alluvium.cli;

import dev.alluvium.config.ConfigurationException;
import java.io.PrintWriter;
import java.util.Objects;

/** What a person sees of a failure. */
final class Errors {
    private Errors() {}

    /** Prints a line for each error, and the stack trace if it is asked for; returns the exit code. */
    static int report(Exception failure, boolean isDebug, PrintWriter err) {
        if (failure instanceof ConfigurationException configuration) {
            configuration.problems().forEach(err::println);
        } else if (failure instanceof PipelinesStoppedException stopped) {
            stopped.causes().forEach(cause -> err.println("alluvium: " + cause));
        } else {
            err.println("alluvium: " + oneLine(failure));
        }
        if (isDebug) {
            failure.printStackTrace(err);
        }
        return failure instanceof ConfigurationException ? Main.MISUSED : Main.FAILED;
    }

    /** A message alone is often meaningless without its exception: {@code NoSuchFileException} says only the name. */
    static String oneLine(Exception failure) {
        String message = Objects.requireNonNullElse(failure.getMessage(), "")
                .lines()
                .findFirst()
                .orElse("");
        String kind = failure.getClass().getSimpleName();
        return message.isEmpty() ? kind : message.contains(" ") ? message : kind + ": " + message;
    }
}
