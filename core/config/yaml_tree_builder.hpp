// SPDX-License-Identifier: Apache-2.0
//
// The tree is built from the parser's events, not from the library's own nodes: events cost no
// memory, so limits can stop a text that would explode, and they show what nodes hide: duplicate
// keys, quotes, tags.

#pragma once

#include "core/config/interpolation.hpp"
#include "core/config/text_position.hpp"
#include "core/config/yaml_reader.hpp"

#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace nightshift {

// Thrown through the parser: a limit is exceeded or a second document begins, which was reported.
struct YamlStop {};

class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  // Both must outlive the builder.
  YamlTreeBuilder(const YamlText& source, Diagnostics& diagnostics)
      : source_(source),
        diagnostics_(diagnostics),
        positions_(source.text, source.file) {}

  // What was read. Reports what could not be told from broken syntax before.
  [[nodiscard]] YamlTree take();

  // Where the last scalar began.
  [[nodiscard]] std::optional<std::size_t> last_scalar() const { return last_scalar_; }

  void OnDocumentStart(const YAML::Mark& mark) override;

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

 private:
  // How much there is of something: what the limits are about.
  struct Extent {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t height = 0; // 0: a scalar
  };

  // A list or map whose end has not come yet.
  struct Frame {
    SourcePosition position;
    YAML::anchor_t anchor = 0;
    bool is_map = false;
    bool is_key = false; // and as such refused
    Extent before;       // what had been spent when it began
    std::size_t height = 1;
    Value::List list;
    Value::Map map;
    std::unordered_map<std::string, int> lines; // of the keys so far
    // Of the member whose value comes next.
    bool has_key = false;
    bool is_dropped = false;
    std::string key;
    SourcePosition key_position;
    int key_offset = -1;
  };

  [[nodiscard]] SourcePosition position(const YAML::Mark& mark);
  void error(const YAML::Mark& mark, std::string message, std::string hint = {});
  void refuse_tag(const YAML::Mark& mark, const std::string& tag);

  // Count what is about to be added; stop where it exceeds a limit.
  void spend(const Extent& extent, const YAML::Mark& mark);
  void keep(YAML::anchor_t anchor, const Value& value, const Extent& extent);

  [[nodiscard]] bool expects_key() const;
  void take_key(const YAML::Mark& mark, const std::string& tag, const std::string& text);
  void set_bad_key(const YAML::Mark& mark, std::string message);

  [[nodiscard]] Value scalar(const YAML::Mark& mark, Quoting quoting, const std::string& text);
  [[nodiscard]] SourcePosition position_of_reference(const YAML::Mark& mark, std::string_view text,
                                                     std::size_t offset);

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, bool is_map);
  [[nodiscard]] Frame close();
  void add_closed(Value value, const Frame& frame);
  void add(Value value, const Extent& extent, YAML::anchor_t anchor);

  const YamlText& source_;
  Diagnostics& diagnostics_;
  Diagnostics deferred_; // mistakes, if the syntax is right
  TextPositions positions_;
  YamlTree tree_;
  int documents_ = 0;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, std::pair<Value, Extent>> anchors_;
  Extent spent_;
  std::optional<std::size_t> last_scalar_;
  std::map<std::string, std::string> put_in_; // value, reference
};

} // namespace nightshift
