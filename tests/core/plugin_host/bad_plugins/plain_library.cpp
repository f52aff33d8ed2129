// SPDX-License-Identifier: Apache-2.0

// A shared library like any other.
extern "C" int plain_library_answer() {
  return 42;
}
