// SPDX-License-Identifier: Apache-2.0

#include "core/storage/litter.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(Litter, IsWhatSystemsAndToolsLeaveBehind) {
  for (const char* name : {"._2024.jpg",
                           "._",
                           ".DS_Store",
                           ".Spotlight-V100",
                           ".Trashes",
                           ".fseventsd",
                           "Thumbs.db",
                           "THUMBS.DB",
                           "thumbs.db",
                           "ehthumbs.db",
                           "desktop.ini",
                           "Desktop.ini",
                           "$RECYCLE.BIN",
                           "$Recycle.Bin",
                           "RECYCLER",
                           "System Volume Information",
                           "FOUND.000",
                           "found.017",
                           ".Trash-1000",
                           "lost+found",
                           "@eaDir",
                           "#recycle",
                           "~syncthing~a.jpg.tmp",
                           ".syncthing.a.jpg.tmp",
                           ".stversions",
                           ".stfolder",
                           ".rclone_chunk.001",
                           ".rclone"}) {
    EXPECT_TRUE(is_litter(name, EntryKind::object)) << name;
    EXPECT_TRUE(is_litter(name, EntryKind::folder)) << name;
  }
}

TEST(Litter, IsNotWhatMerelyLooksLikeIt) {
  for (const char* name : {"",
                           "a.jpg",
                           ".hidden.jpg",
                           "a._b.jpg",
                           "Thumbs.db.jpg",
                           "thumbs",
                           "My desktop.ini",
                           "RECYCLE.BIN",
                           "FOUND.00",
                           "FOUND.0000",
                           "FOUND.abc",
                           "FOUND",
                           ".trash-1",
                           ".Trash",
                           "syncthing",
                           ".ds_store",
                           "part",
                           "a.parts",
                           "Recycler",
                           "T",
                           ".",
                           "_"}) {
    EXPECT_FALSE(is_litter(name, EntryKind::object)) << name;
    EXPECT_FALSE(is_litter(name, EntryKind::folder)) << name;
  }
}

TEST(Litter, IsHalfATransferOnlyAsAnObject) {
  for (const char* name : {"a.jpg.part", "a.jpg.PART", "a.jpg.x1y2.partial", "a.jpg.filepart",
                           "a.jpg.crdownload", ".part", ".nfs000000000123456700000001"}) {
    EXPECT_TRUE(is_litter(name, EntryKind::object)) << name;
    EXPECT_FALSE(is_litter(name, EntryKind::folder)) << name;
  }
}

} // namespace
} // namespace nightshift
