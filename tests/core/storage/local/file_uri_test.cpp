// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/file_uri.hpp"

#include <gmock/gmock.h>

namespace nightshift {
namespace {

TEST(FileUri, NamesAnAbsolutePath) {
  struct Row {
    const char* uri;
    const char* path;
  };

  for (const auto& [uri, path] : {
           Row{"file:///srv/captures", "/srv/captures"},
           Row{"file:///srv/captures//", "/srv/captures"},
           Row{"file://localhost/srv", "/srv"},
           Row{"file:/srv", "/srv"},
           Row{"file:///", "/"},
           Row{"file:///my%20disk/100%25/%C3%BC%ff", "/my disk/100%/\xC3\xBC\xFF"},
           Row{"/srv/captures/", "/srv/captures"},
           Row{"/100% of it?#/%20", "/100% of it?#/%20"},
           Row{"/", "/"},
       }) {
    EXPECT_EQ(parse_file_uri(uri).value_or("refused"), path) << uri;
  }
}

TEST(FileUri, SaysWhatIsWrong) {
  struct Row {
    const char* uri;
    const char* why;
  };

  for (const auto& [uri, why] : {
           Row{"file://relative", "names a host"},
           Row{"file://server/share", "names a host"},
           Row{"file://me:secret@/share", "names a host"},
           Row{"file:relative", "no absolute path"},
           Row{"file:", "no absolute path"},
           Row{"file://localhost", "no absolute path"},
           Row{"captures", "no absolute path"},
           Row{"", "no absolute path"},
           Row{"file:///a%", "'%'"},
           Row{"file:///a%2", "'%'"},
           Row{"file:///a%zz", "'%'"},
           Row{"file:///a%-1", "'%'"},
           Row{"file:///a%00b", "zero byte"},
           Row{"file:///a?b", "%3F"},
           Row{"file:///a#b", "%23"},
       }) {
    const auto path = parse_file_uri(uri);
    ASSERT_FALSE(path) << uri;
    EXPECT_THAT(path.error(), testing::HasSubstr(why)) << uri;
    EXPECT_THAT(path.error(), testing::Not(testing::HasSubstr("secret"))) << uri;
  }
}

TEST(FileUri, IsReadBackAsItWasWritten) {
  const std::string path = "/my disk/100%/a?b#c/\xff\n";
  EXPECT_EQ(parse_file_uri(make_file_uri(path)).value_or("refused"), path);
}

} // namespace
} // namespace nightshift
