package dev.trivet.client;

import com.google.protobuf.ByteString;

/** Keys and values of tests are texts. */
public final class Texts {
  private Texts() {}

  public static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
