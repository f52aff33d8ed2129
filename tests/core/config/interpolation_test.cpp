// SPDX-License-Identifier: Apache-2.0

#include "core/config/interpolation.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {
namespace {

class Interpolation : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("NIGHTSHIFT_TEST_WORD", "moth", 1);
    ::setenv("NIGHTSHIFT_TEST_NUMBER", "42", 1);
    ::setenv("NIGHTSHIFT_TEST_EMPTY", "", 1);
    ::unsetenv("NIGHTSHIFT_TEST_UNSET");
  }

  [[nodiscard]] Value resolve(std::string_view text, Quoting quoting = Quoting::plain) const {
    auto value = interpolate(text, quoting, dir_.path(), {0, 1, 1});
    if (!value) {
      ADD_FAILURE() << value.error().message;
      return {};
    }
    return value->value;
  }

  [[nodiscard]] std::string text_of(std::string_view text) const {
    const Value value = resolve(text);
    return value.as<std::string>() != nullptr ? *value.as<std::string>() : "not text";
  }

  [[nodiscard]] InterpolationError error_of(std::string_view text) const {
    auto value = interpolate(text, Quoting::plain, dir_.path(), {});
    EXPECT_FALSE(value);
    return value ? InterpolationError{} : value.error();
  }

  tests::TempDir dir_;
};

TEST_F(Interpolation, PutsInTheEnvironment) {
  EXPECT_EQ(text_of("${env:NIGHTSHIFT_TEST_WORD}"), "moth");
  EXPECT_EQ(text_of("a ${env:NIGHTSHIFT_TEST_WORD}, a ${env:NIGHTSHIFT_TEST_WORD}"),
            "a moth, a moth");
  EXPECT_EQ(text_of("${env:NIGHTSHIFT_TEST_EMPTY}x"), "x");
}

TEST_F(Interpolation, TakesTheDefaultOfWhatIsUnsetOrEmpty) {
  EXPECT_EQ(text_of("${env:NIGHTSHIFT_TEST_UNSET:-/srv/a b}"), "/srv/a b");
  EXPECT_EQ(text_of("${env:NIGHTSHIFT_TEST_EMPTY:-x}"), "x");
  EXPECT_EQ(text_of("${env:NIGHTSHIFT_TEST_WORD:-x}"), "moth");
  EXPECT_EQ(text_of("<${env:NIGHTSHIFT_TEST_UNSET:-}>"), "<>");
}

TEST_F(Interpolation, PutsInAFileWithoutItsLastNewline) {
  dir_.write("secret.txt", "one\ntwo\n");
  dir_.write("dos.txt", "one\r\n");
  EXPECT_EQ(text_of("${file:secret.txt}"), "one\ntwo");
  EXPECT_EQ(text_of("${file:dos.txt}!"), "one!");
  EXPECT_EQ(text_of("${file:" + (dir_ / "secret.txt").string() + "}"), "one\ntwo");
}

TEST_F(Interpolation, LeavesAnEscapedOneAlone) {
  EXPECT_EQ(text_of("$${env:X}"), "${env:X}");
  EXPECT_EQ(text_of("$$${env:X} $ $a"), "$${env:X} $ $a");
  EXPECT_EQ(resolve("$${env:X}").unresolved(), "");
}

TEST_F(Interpolation, ReadsByTheCoreSchemaOnlyWhatIsPlainAndWhole) {
  EXPECT_EQ(resolve("${env:NIGHTSHIFT_TEST_NUMBER}").type_name(), "a whole number");
  EXPECT_EQ(resolve("${env:NIGHTSHIFT_TEST_UNSET:-true}").type_name(), "true or false");
  EXPECT_EQ(resolve("${env:NIGHTSHIFT_TEST_NUMBER}", Quoting::quoted).type_name(), "text");
  EXPECT_EQ(resolve("${env:NIGHTSHIFT_TEST_NUMBER}0").type_name(), "text");
  EXPECT_EQ(resolve("4${env:NIGHTSHIFT_TEST_UNSET:-2}").type_name(), "text");
}

TEST_F(Interpolation, SaysWhatIsWrongAndWhere) {
  struct Row {
    std::string_view text;
    std::size_t offset;
    std::string message;
    std::string hint;
  };

  dir_.write("big.txt", std::string(65 * std::size_t{1024}, 'x'));
  dir_.write("binary", std::string("a\0b", 3));
  const std::string dir = dir_.path().string();
  const Row rows[] = {
      {"a ${env:NIGHTSHIFT_TEST_UNSET}", 2,
       "the environment variable NIGHTSHIFT_TEST_UNSET is not set",
       "set it, or write ${env:NIGHTSHIFT_TEST_UNSET:-default}"},
      {"$${x} ${env:1X}", 6, "\"1X\" is no name of an environment variable", ""},
      {"${env:}", 0, "\"\" is no name of an environment variable", ""},
      {"${HOME}", 0, "\"HOME\" is neither env:NAME nor file:PATH",
       R"(a plain "${" is written "$${")"},
      {"${env:HOME", 0, "a \"${\" is never closed", R"(a plain "${" is written "$${")"},
      {"${file:none.txt}", 0, "cannot read " + dir + "/none.txt: No such file or directory", ""},
      {"${file:big.txt}", 0, "cannot read " + dir + "/big.txt: it is larger than 65,536 bytes", ""},
      {"${file:binary}", 0, dir + "/binary holds a zero byte, so it is no text", ""},
  };
  for (const Row& row : rows) {
    const InterpolationError error = error_of(row.text);
    EXPECT_EQ(error.message, row.message);
    EXPECT_EQ(error.offset, row.offset) << row.text;
    EXPECT_EQ(error.hint, row.hint) << row.text;
  }
}

TEST_F(Interpolation, RefusesATextThatWouldGrowWithoutEnd) {
  dir_.write("big.txt", std::string(64 * std::size_t{1024}, 'x'));
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "${file:big.txt}";
  }
  EXPECT_EQ(error_of(text).message, "the text is longer than 1 MiB once all is put in");
}

TEST_F(Interpolation, KeepsWhatWasWrittenForRecords) {
  dir_.write("secret.txt", "s3cr3t");
  const std::string file = "${file:" + (dir_ / "secret.txt").string() + "}";
  EXPECT_EQ(resolve("${env:NIGHTSHIFT_TEST_WORD}").unresolved(), "${env:NIGHTSHIFT_TEST_WORD}");
  EXPECT_EQ(resolve("${file:secret.txt}").unresolved(), file);
  EXPECT_EQ(resolve("a $${b} ${file:secret.txt}").unresolved(), "a $${b} " + file);
  EXPECT_EQ(resolve("no more than text").unresolved(), "");
}

TEST_F(Interpolation, RecordedResolvesToTheSameAgain) {
  dir_.write("secret.txt", "7");
  for (const std::string_view text :
       {"${env:NIGHTSHIFT_TEST_NUMBER}", "${env:NIGHTSHIFT_TEST_NUMBER}0", "${file:secret.txt}",
        "$${a} ${file:secret.txt}", "\"${env:NIGHTSHIFT_TEST_NUMBER}\"",
        "\"${env:NIGHTSHIFT_TEST_NUMBER} x", "${env:NIGHTSHIFT_TEST_NUMBER}\""}) {
    for (const Quoting quoting : {Quoting::plain, Quoting::quoted}) {
      const Value value = resolve(text, quoting);
      const Value again = resolve_recorded(value.unresolved());
      EXPECT_EQ(again.type_name(), value.type_name()) << text;
      EXPECT_EQ(again.unresolved(), value.unresolved()) << text;
      if (value.as<std::string>() != nullptr && again.as<std::string>() != nullptr) {
        EXPECT_EQ(*again.as<std::string>(), *value.as<std::string>());
      }
    }
  }
}

TEST_F(Interpolation, TellsWhatItPutIn) {
  const auto done = interpolate("${env:NIGHTSHIFT_TEST_WORD}:${env:NIGHTSHIFT_TEST_NUMBER}@db",
                                Quoting::plain, "/", {});
  ASSERT_TRUE(done);
  ASSERT_EQ(done->put_in.size(), 2U);
  EXPECT_EQ(done->put_in[0].reference, "${env:NIGHTSHIFT_TEST_WORD}");
  EXPECT_EQ(done->put_in[0].value, "moth");
  EXPECT_EQ(done->put_in[1].value, "42");
}

TEST(WithoutSecrets, PutsReferencesInTheirPlace) {
  const std::vector<PutIn> put_in{
      {"${env:LONG}", "moths"}, {"${env:SHORT}", "moth"}, {"${env:TINY}", "db"}};
  EXPECT_EQ(without_secrets("a moth, two moths on db", put_in),
            "a ${env:SHORT}, two ${env:LONG} on db");
  EXPECT_EQ(without_secrets("env", {{"${env:SELF}", "env"}}), "${env:SELF}");
  EXPECT_EQ(without_secrets("", put_in), "");
}

TEST_F(Interpolation, CollectsWhatWasPutInAnywhereInAValueLongestFirst) {
  const auto value = [](std::string_view text, Quoting quoting) {
    return interpolate(text, quoting, "/", {})->value;
  };
  const Value list(Value::List{value("${env:NIGHTSHIFT_TEST_WORD}", Quoting::quoted),
                               value("${env:NIGHTSHIFT_TEST_NUMBER}", Quoting::plain)});
  const Value map(
      Value::Map{{"key", {}, value("a ${env:NIGHTSHIFT_TEST_NONE:-longer} one", Quoting::plain)}});
  const std::vector<PutIn> put_in = put_in_of({&list, &map});
  ASSERT_EQ(put_in.size(), 2U) << "a number is no secret";
  EXPECT_EQ(put_in[0].value, "longer");
  EXPECT_EQ(put_in[1].value, "moth");
  EXPECT_EQ(put_in[1].reference, "${env:NIGHTSHIFT_TEST_WORD}");
}

TEST_F(Interpolation, RecordedThatNoLongerResolvesIsAnError) {
  try {
    static_cast<void>(resolve_recorded("${env:NIGHTSHIFT_TEST_UNSET}"));
    FAIL();
  } catch (const JobError& error) {
    EXPECT_EQ(error.code(), "bad_data");
    EXPECT_STREQ(error.what(), "cannot resolve ${env:NIGHTSHIFT_TEST_UNSET}: the environment "
                               "variable NIGHTSHIFT_TEST_UNSET is not set");
  }
}

} // namespace
} // namespace nightshift
