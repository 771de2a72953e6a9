package dev.trivet.mount.kernel;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few C library calls that a FUSE server needs. Each returns the call's result, or {@code
 * -errno}; {@code state} is a segment of {@link #CALL_STATE} that no other thread uses meanwhile.
 */
final class Libc {
  static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private static final MethodHandle OPEN =
      variadic("open", 2, FunctionDescriptor.of(INT, POINTER, INT, INT));
  private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle IOCTL =
      variadic("ioctl", 2, FunctionDescriptor.of(INT, INT, LONG, POINTER));
  private static final MethodHandle MOUNT =
      function("mount", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, LONG, POINTER));
  private static final MethodHandle UMOUNT2 =
      function("umount2", FunctionDescriptor.of(INT, POINTER, INT));

  private Libc() {}

  static long read(MemorySegment state, int descriptor, MemorySegment buffer, long size) {
    try {
      return orErrno((long) READ.invokeExact(state, descriptor, buffer, size), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static long write(MemorySegment state, int descriptor, MemorySegment buffer, long size) {
    try {
      return orErrno((long) WRITE.invokeExact(state, descriptor, buffer, size), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int open(MemorySegment state, MemorySegment path, int flags) {
    try {
      return (int) orErrno((int) OPEN.invokeExact(state, path, flags, 0), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int close(MemorySegment state, int descriptor) {
    try {
      return (int) orErrno((int) CLOSE.invokeExact(state, descriptor), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int ioctl(MemorySegment state, int descriptor, long request, MemorySegment argument) {
    try {
      return (int) orErrno((int) IOCTL.invokeExact(state, descriptor, request, argument), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int mount(
      MemorySegment state,
      MemorySegment source,
      MemorySegment directory,
      MemorySegment type,
      long flags,
      MemorySegment options) {
    try {
      return (int)
          orErrno((int) MOUNT.invokeExact(state, source, directory, type, flags, options), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  static int umount2(MemorySegment state, MemorySegment directory, int flags) {
    try {
      return (int) orErrno((int) UMOUNT2.invokeExact(state, directory, flags), state);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static long orErrno(long result, MemorySegment state) {
    return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
  }

  private static IllegalStateException broken(Throwable e) {
    return new IllegalStateException("a native call could not be made", e);
  }

  @SuppressWarnings("restricted") // The one place where native functions are bound.
  private static MethodHandle bind(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return bind(name, descriptor, Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(String name, int fixed, FunctionDescriptor descriptor) {
    return bind(
        name,
        descriptor,
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }
}
