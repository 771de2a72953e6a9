package dev.trivet.chaos.plant;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A change of one method's code.
 *
 * @param owner the class, by its binary name
 * @param method name and descriptor, as in {@code get(I)V}
 * @param change counts the places that it changed
 */
public record Edit(String owner, String method, Change change) {
  /** Changes code, and counts where. */
  @FunctionalInterface
  public interface Change {
    CodeTransform counting(AtomicInteger places);
  }

  /** Other code in place of all that the method has. */
  static Edit instead(String owner, String method, Consumer<CodeBuilder> code) {
    return atStart(owner, method, code, false);
  }

  /** Code before all that the method has. */
  static Edit first(String owner, String method, Consumer<CodeBuilder> code) {
    return atStart(owner, method, code, true);
  }

  private static Edit atStart(
      String owner, String method, Consumer<CodeBuilder> code, boolean isRestKept) {
    return new Edit(
        owner,
        method,
        places ->
            new CodeTransform() {
              @Override
              public void atStart(CodeBuilder builder) {
                places.incrementAndGet();
                code.accept(builder);
              }

              @Override
              public void accept(CodeBuilder builder, CodeElement element) {
                if (isRestKept) {
                  builder.with(element);
                }
              }
            });
  }

  /** Code before each return, which finds the result on the stack and leaves one there. */
  static Edit atReturn(String owner, String method, Consumer<CodeBuilder> code) {
    return new Edit(
        owner,
        method,
        places ->
            (builder, element) -> {
              if (element instanceof ReturnInstruction) {
                places.incrementAndGet();
                code.accept(builder);
              }
              builder.with(element);
            });
  }

  /**
   * Other code in place of each call of a method, by its name: finds the receiver and the arguments
   * on the stack, and leaves a result.
   */
  static Edit call(String owner, String method, String called, Consumer<CodeBuilder> code) {
    return new Edit(
        owner,
        method,
        places ->
            (builder, element) -> {
              if (element instanceof InvokeInstruction call && call.name().equalsString(called)) {
                places.incrementAndGet();
                code.accept(builder);
              } else {
                builder.with(element);
              }
            });
  }

  /**
   * Makes some edits of one class.
   *
   * @param loader finds the classes that the code names
   * @return the class anew
   * @throws IllegalStateException when a method or what is to be changed in it is not there, or
   *     what comes out is no code
   */
  static byte[] apply(List<Edit> edits, byte[] original, ClassLoader loader) {
    ClassFile files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    byte[] changed = original;
    for (Edit edit : edits) {
      changed = edit.apply(files, changed);
    }
    List<VerifyError> errors = files.verify(changed);
    if (!errors.isEmpty()) {
      throw new IllegalStateException(
          edits.getFirst().owner() + " cannot be verified: " + errors.getFirst().getMessage());
    }
    return changed;
  }

  private byte[] apply(ClassFile files, byte[] original) {
    ClassModel model = files.parse(original);
    AtomicInteger places = new AtomicInteger();
    byte[] changed =
        files.transformClass(
            model,
            ClassTransform.transformingMethods(
                this::isMeant, MethodTransform.transformingCode(change.counting(places))));
    if (places.get() == 0) {
      throw new IllegalStateException(
          model.methods().stream().anyMatch(this::isMeant)
              ? "%s.%s has nothing of what is to be changed".formatted(owner, method)
              : "%s has no method %s".formatted(owner, method));
    }
    return changed;
  }

  private boolean isMeant(MethodModel candidate) {
    return method.equals(
        candidate.methodName().stringValue() + candidate.methodType().stringValue());
  }
}
