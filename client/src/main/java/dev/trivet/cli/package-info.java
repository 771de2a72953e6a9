/**
 * The command line. Start at {@link dev.trivet.cli.Cli}, which lists the commands; each command is
 * a class. {@link dev.trivet.cli.Output} prints, {@link dev.trivet.cli.Errors} turns exceptions
 * into a message, a next step and an exit code. It uses the library and knows no server.
 */
@NullMarked
package dev.trivet.cli;

import org.jspecify.annotations.NullMarked;
