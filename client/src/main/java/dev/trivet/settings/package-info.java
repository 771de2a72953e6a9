/**
 * Where the options of the command line get their values from: flag, then environment, then file,
 * then default. Start at {@link dev.trivet.settings.Settings}.
 *
 * <p>Guarantees: a name that is nobody's is an error that tells the nearest one. It knows picocli's
 * model of the commands and none of the commands.
 */
@NullMarked
package dev.trivet.settings;

import org.jspecify.annotations.NullMarked;
