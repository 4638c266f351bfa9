#include "contract/disk_trace.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

namespace gossamer::test {
namespace {

struct Trace {
  std::mutex mutex;
  std::vector<std::string> calls;
};

Trace& trace() {
  static Trace* const only = new Trace;  // Never destroyed: threads of libraries outlive main.
  return *only;
}

void note(const char* call) {
  const std::lock_guard lock{trace().mutex};
  trace().calls.emplace_back(call);
}

void note_sync(int file) {
  struct stat status {};
  const bool is_folder = ::fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
  note(is_folder ? "sync folder" : "sync file");
}

}  // namespace

void restart_disk_trace() {
  const std::lock_guard lock{trace().mutex};
  trace().calls.clear();
}

std::vector<std::string> disk_trace() {
  const std::lock_guard lock{trace().mutex};
  return trace().calls;
}

std::size_t synced_files() {
  const std::vector<std::string> calls = disk_trace();
  return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), "sync file"));
}

}  // namespace gossamer::test

// Takes the place of the C library's.
extern "C" {

int fsync(int file) {
  gossamer::test::note_sync(file);
  return static_cast<int>(::syscall(SYS_fsync, file));
}

int fdatasync(int file) {
  gossamer::test::note_sync(file);
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

int link(const char* from, const char* to) noexcept {
  gossamer::test::note("link");
  return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int rename(const char* from, const char* to) noexcept {
  gossamer::test::note("rename");
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

}  // extern "C"
