package dev.trivet.plugin;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.trivet.client.Volumes;
import dev.trivet.errors.ErrorCode;
import dev.trivet.errors.TrivetException;
import dev.trivet.proto.log.VolumeRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The engine's calls. Every answer has {@code Err}, empty if all is well; an answer is given within
 * {@link #LIMIT}. Methods block and may be called by any number of virtual threads.
 */
final class VolumeDriver {
  /** Below the two seconds that are promised: the rest is for the way. */
  static final Duration LIMIT = Duration.ofMillis(1_800);

  /** Calls whose work may be under way, answered or not. */
  private static final int MOST_CALLS = 64;

  /** The engine's own rule; it also keeps a name inside its directory. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");

  private final Volumes volumes;
  private final LiveMounts mounts;
  private final Executor work = task -> Thread.ofVirtual().name("trivet-driver").start(task);
  private final Semaphore calls = new Semaphore(MOST_CALLS);

  VolumeDriver(Volumes volumes, LiveMounts mounts) {
    this.volumes = volumes;
    this.mounts = mounts;
  }

  /** The answer to a call, or null if the API has no such path. */
  @Nullable Struct answer(String path, Struct request) {
    CallDeadline deadline = new CallDeadline(LIMIT);
    try {
      return switch (path) {
        case "/Plugin.Activate" -> activate();
        case "/VolumeDriver.Capabilities" -> capabilities();
        case "/VolumeDriver.Create" -> create(name(request), request, deadline);
        case "/VolumeDriver.Remove" -> remove(name(request), deadline);
        case "/VolumeDriver.Mount" -> mount(name(request), id(request), deadline);
        case "/VolumeDriver.Unmount" -> unmount(name(request), id(request), deadline);
        case "/VolumeDriver.Path" -> done("Mountpoint", text(mounts.directoryOf(name(request))));
        case "/VolumeDriver.Get" -> get(name(request), deadline);
        case "/VolumeDriver.List" -> list(deadline);
        default -> null;
      };
    } catch (TrivetException e) {
      return error(e.getMessage() + " (next: " + e.code().nextStep() + ")");
    }
  }

  static Struct error(String message) {
    return Struct.newBuilder().putFields("Err", text(message)).build();
  }

  private static Struct activate() {
    return done("Implements", list(ListValue.newBuilder().addValues(text("VolumeDriver"))));
  }

  /** Global: a volume of one name is the same on every server. */
  private static Struct capabilities() {
    return done("Capabilities", object(Struct.newBuilder().putFields("Scope", text("global"))));
  }

  private Struct create(String name, Struct request, CallDeadline deadline) {
    DriverOptions options =
        DriverOptions.of(
            request.getFieldsOrDefault("Opts", Value.getDefaultInstance()).getStructValue());
    VolumeRecord volume =
        within(
            deadline,
            "creating volume " + name,
            () -> volumes.create(name, options.quotaBytes(), true));
    if (options.quotaBytes() != 0 && volume.getQuotaBytes() != options.quotaBytes()) {
      throw ErrorCode.VOLUME_EXISTS.exception(
          "volume %s exists with a quota of %d bytes, %d were asked for: a quota cannot be changed"
              .formatted(name, volume.getQuotaBytes(), options.quotaBytes()));
    }
    return done();
  }

  private Struct remove(String name, CallDeadline deadline) {
    mounts.release(name, deadline);
    return within(
        deadline,
        "deleting volume " + name,
        () -> {
          try {
            volumes.delete(name);
          } catch (TrivetException e) {
            if (e.code() != ErrorCode.VOLUME_NOT_FOUND) {
              throw e;
            }
          }
          return done();
        });
  }

  private Struct mount(String name, String id, CallDeadline deadline) {
    return done("Mountpoint", text(mounts.mount(name, id, deadline).toString()));
  }

  private Struct unmount(String name, String id, CallDeadline deadline) {
    mounts.unmount(name, id, deadline);
    return done();
  }

  /** Of a volume that is mounted here something is known even while the cluster is silent. */
  private Struct get(String name, CallDeadline deadline) {
    String state = mounts.stateOf(name);
    Struct.Builder status = Struct.newBuilder();
    Struct.Builder volume =
        Struct.newBuilder()
            .putFields("Name", text(name))
            .putFields("Mountpoint", text(mounts.directoryOf(name)));
    try {
      VolumeRecord record = within(deadline, "looking at volume " + name, () -> volumes.get(name));
      volume.putFields(
          "CreatedAt", text(Instant.ofEpochMilli(record.getCreatedMillis()).toString()));
      status
          .putFields("used_bytes", text(Long.toString(record.getUsedBytes())))
          .putFields("quota_bytes", text(Long.toString(record.getQuotaBytes())))
          .putFields("mounted", text(record.getSessionId() == 0 ? "nowhere" : "on a server"));
    } catch (TrivetException e) {
      if (state == null || e.code() == ErrorCode.VOLUME_NOT_FOUND) {
        throw e;
      }
      status.putFields("cluster", text(String.valueOf(e.getMessage())));
    }
    status
        .putFields("here", text(state == null ? "not mounted" : state))
        .putFields("users_here", text(Integer.toString(mounts.usersOf(name))));
    return done("Volume", object(volume.putFields("Status", object(status))));
  }

  private Struct list(CallDeadline deadline) {
    ListValue.Builder all = ListValue.newBuilder();
    for (VolumeRecord volume : within(deadline, "listing the volumes", volumes::list)) {
      all.addValues(
          object(
              Struct.newBuilder()
                  .putFields("Name", text(volume.getName()))
                  .putFields("Mountpoint", text(mounts.directoryOf(volume.getName())))));
    }
    return done("Volumes", list(all));
  }

  private <T> T within(CallDeadline deadline, String what, Supplier<T> task) {
    if (!calls.tryAcquire()) {
      throw ErrorCode.TOO_MANY_REQUESTS.exception(
          MOST_CALLS + " calls are under way, which is the limit");
    }
    CompletableFuture<T> running = CompletableFuture.supplyAsync(task, work);
    var _ = running.whenComplete((_, _) -> calls.release());
    return deadline.await(running, what);
  }

  private static String name(Struct request) {
    String name = field(request, "Name");
    if (!NAME.matcher(name).matches()) {
      throw ErrorCode.INVALID_ARGUMENT.exception(
          "volume name '" + name + "' is not of the form " + NAME);
    }
    return name;
  }

  private static String id(Struct request) {
    String id = field(request, "ID");
    if (id.isEmpty()) {
      throw ErrorCode.INVALID_ARGUMENT.exception("the call has no ID");
    }
    return id;
  }

  private static String field(Struct request, String name) {
    return request.getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue();
  }

  private static Struct done() {
    return error("");
  }

  private static Struct done(String field, Value value) {
    return done().toBuilder().putFields(field, value).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value object(Struct.Builder fields) {
    return Value.newBuilder().setStructValue(fields).build();
  }

  private static Value list(ListValue.Builder values) {
    return Value.newBuilder().setListValue(values).build();
  }
}
