/**
 * Who may do what: users, roles, permissions of key ranges, tokens.
 *
 * <p>Start reading at {@link dev.trivet.state.auth.Permissions#refuse}, which judges a command by
 * {@link dev.trivet.state.auth.AccessRules}: users and roles in memory, made anew after each change
 * of them. {@link dev.trivet.state.auth.AuthCommands} makes the changes; {@link
 * dev.trivet.state.auth.AuthTokens} gives tokens and ends them by the log's time.
 *
 * <p>Guarantees: a command is judged when it is applied, by the users and roles of that moment, the
 * same on all nodes. Rules are published before the rows that they come from, so that who reads
 * rows first and rules then never uses rules older than what was read.
 *
 * <p>It must not know: passwords, only what is kept of them; how a caller proves who it is.
 */
@NullMarked
package dev.trivet.state.auth;

import org.jspecify.annotations.NullMarked;
