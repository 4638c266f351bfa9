#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/session.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ports/object_store.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_workers.hpp"
#include "wire/data_key.hpp"

namespace gossamer::demo {

/// Reads an object store from outside any node, one request at a time, on a loop of its own: a
/// judge must not ask the accused. With the audit it is the one part of the examples that looks
/// behind the public interface.
class ObjectsReader {
 public:
  /// Errors: those of the store.
  static Result<std::unique_ptr<ObjectsReader>> open(const std::string& url);
  ~ObjectsReader();

  /// All keys that begin with `prefix`, in order. Errors: io.
  Result<std::vector<std::string>> list(const std::string& prefix);
  /// Nothing if there is no such object. Errors: io.
  Result<std::optional<Bytes>> get(const std::string& key);
  /// What the store's contents are sealed under. Errors: those of the key file, io, not_found (no
  /// node has made one yet), invalid_argument, corrupted.
  Result<wire::DataKey> data_key(const std::string& key_file, const std::string& cluster);

 private:
  ObjectsReader();
  template <class Answer>
  Result<Answer> await(const std::function<void(UniqueFunction<void(Answer)>)>& ask);

  uv_loop_t uv_{};
  std::unique_ptr<UvLoop> loop_;
  std::unique_ptr<UvWorkers> workers_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<ObjectStore> objects_;
};

}  // namespace gossamer::demo
