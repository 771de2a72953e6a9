package dev.trivet.errors;

import io.grpc.Status;

/**
 * Every error that leaves a node or a client, one row each. Constants are referred to by name in
 * the command log ({@code trivet.log.v1.Refusal}) and on the wire ({@code trivet-error}): a name is
 * never changed, a row never removed.
 *
 * <p>Exit codes: 1 failed, 2 usage, 3 not found or compare false, 4 unreachable and nothing
 * applied, 5 outcome unknown, 6 not allowed, 7 check failed, 70 bug.
 */
public enum ErrorCode {
  // Key space: texts are etcd's, which its clients compare.
  EMPTY_KEY(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: key is not provided",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "give a key"),
  KEY_NOT_FOUND(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: key not found",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "check the key's spelling"),
  VALUE_PROVIDED(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: value is provided",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "leave the value out, or do not ask to ignore it"),
  LEASE_PROVIDED(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: lease is provided",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "leave the lease out, or do not ask to ignore it"),
  TOO_MANY_OPERATIONS(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: too many operations in txn request",
      "InvalidArgument",
      400,
      Errno.E2BIG,
      2,
      "split the transaction: at most 128 operations"),
  DUPLICATE_KEY(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: duplicate key given in txn request",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "write each key at most once in a transaction"),
  INVALID_SORT_OPTION(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: invalid sort option",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "use an order and a target that the API names"),
  COMPACTED(
      Status.Code.OUT_OF_RANGE,
      "etcdserver: mvcc: required revision has been compacted",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      3,
      "read at a newer revision"),
  FUTURE_REVISION(
      Status.Code.OUT_OF_RANGE,
      "etcdserver: mvcc: required revision is a future revision",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      3,
      "read at a revision that exists"),
  LEASE_NOT_FOUND(
      Status.Code.NOT_FOUND,
      "etcdserver: requested lease not found",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "grant a new lease"),
  LEASE_EXISTS(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: lease already exists",
      "OperationAborted",
      409,
      Errno.EEXIST,
      3,
      "choose another lease id, or 0"),
  LEASE_TTL_TOO_LARGE(
      Status.Code.OUT_OF_RANGE,
      "etcdserver: too large lease TTL",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "ask for at most 9,000,000,000 seconds"),
  LOCK_SESSION_EXPIRED(
      Status.Code.UNKNOWN,
      "mutex: session is expired",
      "OperationAborted",
      409,
      Errno.ESTALE,
      1,
      "the lease ended while the call waited: grant a new one and try again"),
  ELECTION_NO_LEADER(
      Status.Code.UNKNOWN,
      "election: no leader",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "nobody leads: campaign, or wait for somebody to"),
  ELECTION_NOT_LEADER(
      Status.Code.UNKNOWN,
      "election: not leader",
      "PreconditionFailed",
      412,
      Errno.ESTALE,
      3,
      "leadership is lost: campaign again"),
  LEADER_KEY_MISSING(
      Status.Code.UNKNOWN,
      "\"leader\" field must be provided",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "give the leader key that the campaign was answered with"),
  RESTORING(
      Status.Code.UNAVAILABLE,
      "the key space is being restored from a snapshot",
      "ServiceUnavailable",
      503,
      Errno.EAGAIN,
      4,
      "wait for the restore to end, or begin it again if it was cut off"),
  RESTORE_REFUSED(
      Status.Code.FAILED_PRECONDITION,
      "a snapshot is restored only into a fresh cluster",
      "InvalidRequest",
      409,
      Errno.EEXIST,
      6,
      "start three nodes with empty data folders and restore into them"),
  REQUEST_TOO_LARGE(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: request is too large",
      "EntityTooLarge",
      413,
      Errno.EFBIG,
      2,
      "make the request smaller; large values belong into blobs"),
  RESPONSE_TOO_LARGE(
      Status.Code.RESOURCE_EXHAUSTED,
      "the answer would be too large",
      "EntityTooLarge",
      413,
      Errno.EFBIG,
      2,
      "ask for less at a time: set a limit and go on behind the last key"),
  MEMBER_NOT_FOUND(
      Status.Code.NOT_FOUND,
      "etcdserver: member not found",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "see 'trivet cluster status'"),
  LEARNER_NOT_READY(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: can only promote a learner member which is in sync with leader",
      "OperationAborted",
      409,
      Errno.EBUSY,
      1,
      "wait until the learner has caught up, then promote again"),
  INVALID_DOWNGRADE_TARGET(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: invalid downgrade target version",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "there is no older format of the data that this version can write"),
  WRONG_VERSION_FORMAT(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: wrong downgrade target version format",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "write it as 3.4.0"),
  NO_DOWNGRADE(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: no inflight downgrade job",
      "OperationAborted",
      409,
      Errno.EINVAL,
      1,
      "there is nothing to cancel"),
  PEER_URL_EXISTS(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: Peer URLs already exists",
      "OperationAborted",
      409,
      Errno.EEXIST,
      1,
      "give an address that no member has"),
  BAD_MEMBER_URLS(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: given member URLs are invalid",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "give URLs as http://HOST:PORT"),
  MEMBER_NOT_LEARNER(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: can only promote a learner member",
      "OperationAborted",
      409,
      Errno.EINVAL,
      1,
      "it is a voter already"),
  TOO_MANY_LEARNERS(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: too many learner members in cluster",
      "OperationAborted",
      409,
      Errno.EBUSY,
      1,
      "promote or remove the learner first"),
  CORRUPT(
      Status.Code.DATA_LOSS,
      "etcdserver: corrupt cluster",
      "InternalError",
      500,
      Errno.EIO,
      7,
      "an alarm says that a member's data is corrupt: replace it, then disarm"),
  NO_NEWCOMER(
      Status.Code.FAILED_PRECONDITION,
      "no node with this address waits to be admitted",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "start it with an empty data folder, then add it"),
  BAD_LEADER_TRANSFEREE(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: bad leader transferee",
      "OperationAborted",
      409,
      Errno.EINVAL,
      1,
      "choose a voter that is in sync"),

  // Users and roles: texts are etcd's.
  ROOT_USER_NOT_FOUND(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: root user does not exist",
      "InvalidRequest",
      409,
      Errno.ENOENT,
      1,
      "add the user root first"),
  ROOT_ROLE_NOT_GRANTED(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: root user does not have root role",
      "InvalidRequest",
      409,
      Errno.EPERM,
      1,
      "grant the role root to the user root first"),
  USER_EXISTS(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: user name already exists",
      "OperationAborted",
      409,
      Errno.EEXIST,
      3,
      "use it, or choose another name"),
  USER_EMPTY(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: user name is empty",
      "AccessDenied",
      401,
      Errno.EACCES,
      6,
      "say who you are: a user and a password, or a token"),
  USER_NOT_FOUND(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: user name not found",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "check the user's name"),
  ROLE_EXISTS(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: role name already exists",
      "OperationAborted",
      409,
      Errno.EEXIST,
      3,
      "use it, or choose another name"),
  ROLE_NOT_FOUND(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: role name not found",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "check the role's name"),
  ROLE_EMPTY(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: role name is empty",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "name the role"),
  AUTH_FAILED(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: authentication failed, invalid user ID or password",
      "AccessDenied",
      401,
      Errno.EACCES,
      6,
      "check the user's name and password"),
  PERMISSION_NOT_GIVEN(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: permission not given",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "say which keys, and whether they may be read or written"),
  PERMISSION_DENIED(
      Status.Code.PERMISSION_DENIED,
      "etcdserver: permission denied",
      "AccessDenied",
      403,
      Errno.EACCES,
      6,
      "ask somebody with the role root for a role that may"),
  ROLE_NOT_GRANTED(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: role is not granted to the user",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "see which roles the user has"),
  PERMISSION_NOT_GRANTED(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: permission is not granted to the role",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "see which permissions the role has"),
  AUTH_NOT_ENABLED(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: authentication is not enabled",
      "InvalidRequest",
      409,
      Errno.EINVAL,
      1,
      "leave user and password out"),
  INVALID_AUTH_TOKEN(
      Status.Code.UNAUTHENTICATED,
      "etcdserver: invalid auth token",
      "AccessDenied",
      401,
      Errno.EACCES,
      6,
      "authenticate again"),
  INVALID_AUTH_MANAGEMENT(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: invalid auth management",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "root and its role stay while authentication is on; a range ends behind its key"),
  AUTH_REVISION_OLD(
      Status.Code.INVALID_ARGUMENT,
      "etcdserver: revision of auth store is old",
      "AccessDenied",
      401,
      Errno.EAGAIN,
      6,
      "nothing was applied; authenticate again"),
  AUTH_VERIFY_ONLY(
      Status.Code.UNKNOWN,
      "auth: token signing attempted with verify-only key",
      "NotImplemented",
      501,
      Errno.ENOSYS,
      2,
      "ask a node that has the private key: --auth-token jwt,priv-key=FILE"),

  // Availability: what the client may assume is part of the meaning.
  NO_LEADER(
      Status.Code.UNAVAILABLE,
      "etcdserver: no leader",
      "SlowDown",
      503,
      Errno.EAGAIN,
      4,
      "nothing was applied; try again"),
  NOT_LEADER(
      Status.Code.FAILED_PRECONDITION,
      "etcdserver: not leader",
      "SlowDown",
      503,
      Errno.EAGAIN,
      4,
      "nothing was applied; go to the leader that the reply names"),
  OUTCOME_UNKNOWN(
      Status.Code.UNAVAILABLE,
      "etcdserver: request timed out",
      "InternalError",
      500,
      Errno.EIO,
      5,
      "it may have been applied: read before writing again"),
  TOO_MANY_REQUESTS(
      Status.Code.RESOURCE_EXHAUSTED,
      "etcdserver: too many requests",
      "SlowDown",
      503,
      Errno.EAGAIN,
      4,
      "nothing was applied; slow down"),
  STOPPING(
      Status.Code.UNAVAILABLE,
      "etcdserver: server stopped",
      "SlowDown",
      503,
      Errno.EAGAIN,
      4,
      "nothing was applied; use another node"),
  DEADLINE_EXCEEDED(
      Status.Code.DEADLINE_EXCEEDED,
      "the deadline passed",
      "RequestTimeout",
      504,
      Errno.ETIMEDOUT,
      5,
      "it may have been applied: read before writing again"),
  REQUEST_FORGOTTEN(
      Status.Code.FAILED_PRECONDITION,
      "the cluster does not remember this client's requests any more",
      "OperationAborted",
      409,
      Errno.EIO,
      5,
      "it was not applied now, but may have been before: read before writing again"),
  ANSWER_FORGOTTEN(
      Status.Code.FAILED_PRECONDITION,
      "the request was applied before, and its answer was too large to be kept",
      "OperationAborted",
      409,
      Errno.EIO,
      1,
      "it was applied, once: read what it did"),
  LOCK_LOST(
      Status.Code.ABORTED,
      "the lock was lost",
      "OperationAborted",
      409,
      Errno.EIO,
      1,
      "whatever was done in its name may have come too late: check it, then try again"),
  UNREACHABLE(
      Status.Code.UNAVAILABLE,
      "no node could be reached",
      "SlowDown",
      503,
      Errno.EHOSTUNREACH,
      4,
      "check the endpoints and that a majority of nodes runs"),
  NOT_A_MEMBER(
      Status.Code.FAILED_PRECONDITION,
      "this node is not a member of the cluster",
      "AccessDenied",
      403,
      Errno.EACCES,
      6,
      "admit it: 'trivet cluster add NAME'"),
  WRONG_CLUSTER(
      Status.Code.FAILED_PRECONDITION,
      "the caller belongs to another cluster or speaks of another incarnation",
      "AccessDenied",
      403,
      Errno.EACCES,
      6,
      "check the peer addresses of both nodes"),

  // Blobs.
  INVALID_ARGUMENT(
      Status.Code.INVALID_ARGUMENT,
      "invalid argument",
      "InvalidArgument",
      400,
      Errno.EINVAL,
      2,
      "see the message"),
  INVALID_BUCKET_NAME(
      Status.Code.INVALID_ARGUMENT,
      "invalid bucket name",
      "InvalidBucketName",
      400,
      Errno.EINVAL,
      2,
      "3 to 63 characters: a-z, 0-9, '.', '-', beginning and ending with a letter or digit"),
  BUCKET_NOT_FOUND(
      Status.Code.NOT_FOUND,
      "no such bucket",
      "NoSuchBucket",
      404,
      Errno.ENOENT,
      3,
      "create the bucket first"),
  BUCKET_EXISTS(
      Status.Code.ALREADY_EXISTS,
      "the bucket exists",
      "BucketAlreadyOwnedByYou",
      409,
      Errno.EEXIST,
      1,
      "use it"),
  BUCKET_NOT_EMPTY(
      Status.Code.FAILED_PRECONDITION,
      "the bucket is not empty",
      "BucketNotEmpty",
      409,
      Errno.ENOTEMPTY,
      1,
      "delete its objects first"),
  OBJECT_NOT_FOUND(
      Status.Code.NOT_FOUND,
      "no such object",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "check the object's name"),
  PRECONDITION_FAILED(
      Status.Code.FAILED_PRECONDITION,
      "the precondition does not hold",
      "PreconditionFailed",
      412,
      Errno.EBUSY,
      3,
      "read the object again"),
  INVALID_RANGE(
      Status.Code.OUT_OF_RANGE,
      "the range is not satisfiable",
      "InvalidRange",
      416,
      Errno.EINVAL,
      2,
      "stay within the object"),
  BAD_DIGEST(
      Status.Code.INVALID_ARGUMENT,
      "the content does not have the given digest",
      "BadDigest",
      400,
      Errno.EBADMSG,
      1,
      "send it again"),
  UPLOAD_EXPIRED(
      Status.Code.FAILED_PRECONDITION,
      "the upload took too long to commit",
      "RequestTimeout",
      400,
      Errno.ETIMEDOUT,
      1,
      "send it again, in parts if it is large"),
  NO_QUORUM_FOR_DATA(
      Status.Code.UNAVAILABLE,
      "too few nodes are up to store the bytes twice",
      "SlowDown",
      503,
      Errno.EAGAIN,
      4,
      "nothing was applied; bring a second node up"),
  EXTENT_UNAVAILABLE(
      Status.Code.UNAVAILABLE,
      "no node that is up holds an intact copy of the bytes",
      "SlowDown",
      503,
      Errno.EIO,
      4,
      "bring the other nodes up"),
  NO_SPACE(
      Status.Code.RESOURCE_EXHAUSTED,
      "etcdserver: mvcc: database space exceeded",
      "QuotaExceeded",
      507,
      Errno.ENOSPC,
      1,
      "delete something or enlarge the disk"),

  // Volumes.
  VOLUME_NOT_FOUND(
      Status.Code.NOT_FOUND,
      "no such volume",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "see 'trivet volume ls'"),
  VOLUME_EXISTS(
      Status.Code.ALREADY_EXISTS,
      "the volume exists",
      "OperationAborted",
      409,
      Errno.EEXIST,
      1,
      "use it"),
  VOLUME_IN_USE(
      Status.Code.FAILED_PRECONDITION,
      "the volume is mounted elsewhere",
      "OperationAborted",
      409,
      Errno.EBUSY,
      1,
      "unmount it there, or wait until that mount's session has expired"),
  SESSION_EXPIRED(
      Status.Code.FAILED_PRECONDITION,
      "the session is over: this mount is fenced",
      "AccessDenied",
      403,
      Errno.EIO,
      6,
      "unmount and mount again"),
  QUOTA_EXCEEDED(
      Status.Code.RESOURCE_EXHAUSTED,
      "the volume's quota is used up",
      "QuotaExceeded",
      507,
      Errno.EDQUOT,
      1,
      "delete files or raise the quota"),
  NO_ENTRY(
      Status.Code.NOT_FOUND,
      "no such file or directory",
      "NoSuchKey",
      404,
      Errno.ENOENT,
      3,
      "check the path"),
  ENTRY_EXISTS(
      Status.Code.ALREADY_EXISTS,
      "the name exists",
      "OperationAborted",
      409,
      Errno.EEXIST,
      1,
      "choose another name"),
  NOT_A_DIRECTORY(
      Status.Code.FAILED_PRECONDITION,
      "not a directory",
      "InvalidArgument",
      400,
      Errno.ENOTDIR,
      1,
      "check the path"),
  IS_A_DIRECTORY(
      Status.Code.FAILED_PRECONDITION,
      "is a directory",
      "InvalidArgument",
      400,
      Errno.EISDIR,
      1,
      "check the path"),
  DIRECTORY_NOT_EMPTY(
      Status.Code.FAILED_PRECONDITION,
      "the directory is not empty",
      "OperationAborted",
      409,
      Errno.ENOTEMPTY,
      1,
      "delete its entries first"),
  NAME_TOO_LONG(
      Status.Code.INVALID_ARGUMENT,
      "the name is too long",
      "InvalidArgument",
      400,
      Errno.ENAMETOOLONG,
      2,
      "at most 255 bytes"),
  TOO_MANY_LINKS(
      Status.Code.FAILED_PRECONDITION,
      "too many links",
      "InvalidArgument",
      400,
      Errno.EMLINK,
      1,
      "copy the file"),
  NOT_PERMITTED(
      Status.Code.PERMISSION_DENIED,
      "operation not permitted",
      "AccessDenied",
      403,
      Errno.EPERM,
      6,
      "see the message"),
  FILE_TOO_LARGE(
      Status.Code.OUT_OF_RANGE,
      "the file would be too large",
      "EntityTooLarge",
      400,
      Errno.EFBIG,
      1,
      "at most 2^62 bytes"),

  // The rest.
  UNIMPLEMENTED(
      Status.Code.UNIMPLEMENTED,
      "unimplemented",
      "NotImplemented",
      501,
      Errno.ENOSYS,
      1,
      "see docs/status.md"),
  DATA_CORRUPT(
      Status.Code.DATA_LOSS,
      "stored bytes do not have their checksum",
      "InternalError",
      500,
      Errno.EIO,
      7,
      "see the node's log; other nodes still have a copy"),
  DATA_TOO_NEW(
      Status.Code.FAILED_PRECONDITION,
      "the data folder was written by a newer version",
      "InternalError",
      500,
      Errno.EIO,
      1,
      "start the newer version"),
  DATA_TOO_OLD(
      Status.Code.FAILED_PRECONDITION,
      "the data was written by a version that is too old",
      "InternalError",
      500,
      Errno.EIO,
      1,
      "start the versions in between first, one after the other"),
  DATA_FOREIGN(
      Status.Code.FAILED_PRECONDITION,
      "the data folder belongs to another node or cluster",
      "InternalError",
      500,
      Errno.EIO,
      1,
      "give the node its own folder"),
  LOCAL_IO(
      Status.Code.FAILED_PRECONDITION,
      "a local file could not be read or written",
      "InternalError",
      500,
      Errno.EIO,
      1,
      "see the message"),
  PORT_UNUSABLE(
      Status.Code.FAILED_PRECONDITION,
      "a port cannot be listened on",
      "InternalError",
      500,
      Errno.EIO,
      1,
      "end what listens there ('ss -ltnp' shows it), or give the node another address"),
  CHECK_FAILED(
      Status.Code.FAILED_PRECONDITION,
      "a check failed",
      "InternalError",
      500,
      Errno.EIO,
      7,
      "see what was found"),
  INTERNAL(
      Status.Code.INTERNAL,
      "internal error",
      "InternalError",
      500,
      Errno.EIO,
      70,
      "this is a bug: please report it");

  private final Status.Code grpcCode;
  private final String text;
  private final String s3Code;
  private final int httpStatus;
  private final int errno;
  private final int exitCode;
  private final String nextStep;

  ErrorCode(
      Status.Code grpcCode,
      String text,
      String s3Code,
      int httpStatus,
      int errno,
      int exitCode,
      String nextStep) {
    this.grpcCode = grpcCode;
    this.text = text;
    this.s3Code = s3Code;
    this.httpStatus = httpStatus;
    this.errno = errno;
    this.exitCode = exitCode;
    this.nextStep = nextStep;
  }

  public Status.Code grpcCode() {
    return grpcCode;
  }

  /**
   * The fixed text; for the rows of etcd's API it is the whole message and must not be added to.
   */
  public String text() {
    return text;
  }

  public String s3Code() {
    return s3Code;
  }

  public int httpStatus() {
    return httpStatus;
  }

  /** Linux errno, positive. */
  public int errno() {
    return errno;
  }

  public int exitCode() {
    return exitCode;
  }

  public String nextStep() {
    return nextStep;
  }

  /** A refusal or failure with this code and the code's own text. */
  public TrivetException exception() {
    return new TrivetException(this, text);
  }

  /** With a message that gives the value seen and the value allowed. */
  public TrivetException exception(String message) {
    return new TrivetException(this, message);
  }

  public TrivetException exception(String message, Throwable cause) {
    return new TrivetException(this, message, cause);
  }
}
