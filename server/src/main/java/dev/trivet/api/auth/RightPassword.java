package dev.trivet.api.auth;

import dev.trivet.proto.log.HashedPassword;

/**
 * A user's password that was found right.
 *
 * @param kept what it was compared with
 * @param authRevision of users and roles when {@code kept} was read
 * @param revision of the key space then
 */
record RightPassword(String user, HashedPassword kept, long authRevision, long revision) {}
