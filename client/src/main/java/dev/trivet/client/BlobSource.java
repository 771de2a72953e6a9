package dev.trivet.client;

import java.io.IOException;
import java.io.InputStream;

/** Where a blob's bytes come from; opened anew for each attempt, and closed after it. */
@FunctionalInterface
public interface BlobSource {
  /** The content from its first byte. */
  InputStream open() throws IOException;
}
