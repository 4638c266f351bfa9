// The subcommands that ask a running node over its admin socket.

#include <fmt/chrono.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "admin_client.hpp"
#include "commands.hpp"
#include "event_text.hpp"
#include "terminal_text.hpp"

namespace gossamer::cli {
namespace {

using examples::AdminClient;
using examples::ask_node;
using examples::Json;

// A deploy tries an object store that does not answer for a while before it gives up.
constexpr std::chrono::milliseconds kCommandTimeout{60'000};
// The rest is answered from memory, by a node that runs.
constexpr std::chrono::milliseconds kLookTimeout{10'000};
// While a stream is silent, whoever reads what it prints may go.
constexpr std::chrono::milliseconds kReaderGap{1'000};

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text(const Json& json, const char* key) {
  return json.value(key, std::string{});
}

/// `0.42 ms`; `-` for what was not measured.
std::string milliseconds(std::int64_t us) {
  return us < 0 ? "-" : fmt::format("{:.2f} ms", static_cast<double>(us) / 1000);
}

int complain_of_answer(const ReaderArguments& reader) {
  return complain(kFailed, fmt::format("what answers at {} is no node of this version: its answer "
                                       "does not say what was asked",
                                       reader.socket()));
}

int complain_of_silence(const Error& error, bool is_command) {
  if (error.code != ErrorCode::timed_out) return complain(kFailed, error.detail);
  return complain(
      kFailed,
      error.detail + (is_command ? "; it may wait for its object store, which `gossamer events` "
                                   "and its log tell"
                                 : "; its process stands still, or may open no more files"));
}

/// Asks, and prints the answer: as it is with --json, else by `print`, which may throw Json's
/// exceptions at what it does not expect.
template <class Print>
int ask(const ReaderArguments& reader, const Json& request, bool is_command, Print print) {
  const auto answer =
      ask_node(reader.place(), request, is_command ? kCommandTimeout : kLookTimeout);
  if (!answer) return complain_of_silence(answer.error(), is_command);
  if (reader.is_json) {
    print_line(line_of(*answer));
    return 0;
  }
  try {
    print(*answer);
  } catch (const Json::exception&) {
    return complain_of_answer(reader);
  }
  return 0;
}

template <class Print>
int show(const ReaderArguments& reader, const Json& request, Print print) {
  return ask(reader, request, /*is_command=*/false, std::move(print));
}

template <class Print>
int command(const ReaderArguments& reader, const Json& request, Print print) {
  return ask(reader, request, /*is_command=*/true, std::move(print));
}

void print_record(const Json& record) {
  print_text(fmt::format("{}/{} at {} epoch {} on {}{}", text(record, "name"),
                         record.value("ordinal", 0U), text(record, "endpoint"),
                         record.value("epoch", std::uint64_t{0}), text(record, "node").substr(0, 8),
                         record.value("stale", false) ? " (stale)" : ""));
}

/// A pipe whose other end has gone, as `head` goes once it has enough.
bool is_unread() {
  pollfd output{STDOUT_FILENO, 0, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/// Prints a stream line by line until the node hangs up, or nobody reads any more. The node answers
/// at once that the stream has begun, or with how things are; then it may be silent for days.
template <class Print>
int follow(const ReaderArguments& reader, const Json& request, Print print) {
  auto client = AdminClient::connect(reader.place());
  if (!client) return complain(kFailed, client.error().detail);
  if (auto sent = client->send(request); !sent) return complain(kFailed, sent.error().detail);
  bool has_begun = false;
  while (std::ferror(stdout) == 0) {
    const auto line = client->next_line(has_begun ? kReaderGap : kLookTimeout);
    if (is_unread()) {
      ::raise(SIGPIPE);  // As the next line would have it.
      return kFailed;
    }
    if (!line && !has_begun) return complain_of_silence(line.error(), /*is_command=*/false);
    if (!line && line.error().code == ErrorCode::timed_out) continue;
    if (!line) return complain(kFailed, line.error().detail);
    has_begun = true;
    if (!*line) return complain(kFailed, fmt::format("the node at {} has gone", reader.socket()));
    try {
      const Json news = Json::parse(**line);
      if (!news.value("ok", true)) return complain(kFailed, text(news.at("error"), "detail"));
      print(news);
    } catch (const Json::exception&) {
      return complain_of_answer(reader);
    }
  }
  return kFailed;
}

}  // namespace

void print_line(const std::string& line) {
  std::fprintf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
}

void print_text(const std::string& line) {
  print_line(without_controls(line));
}

int complain(int status, const std::string& sentence) {
  std::fprintf(stderr, "gossamer: %s\n", without_controls(sentence).c_str());
  return status;
}

int complain(const Error& error) {
  return complain(error.code == ErrorCode::invalid_argument ? kUsage : kFailed, error.detail);
}

int show_members(const ReaderArguments& reader) {
  return show(reader, {{"request", "members"}}, [](const Json& answer) {
    print_line(fmt::format("{:<8}  {:<16}  {:<21}  {:<7}  {:>9}  {}", "ID", "NAME", "ENDPOINT",
                           "STATE", "RTT", "ZONE"));
    for (const Json& member : answer.at("members")) {
      const std::string zone = text(member, "zone");
      const auto rtt_us = member.value("round_trip_us", std::int64_t{-1});
      print_text(fmt::format("{:<8}  {:<16}  {:<21}  {:<7}  {:>9}  {}",
                             text(member, "id").substr(0, 8), text(member, "name"),
                             text(member, "endpoint"), text(member, "state"), milliseconds(rtt_us),
                             zone.empty() ? "-" : zone));
    }
  });
}

int show_services(const ReaderArguments& reader) {
  return show(reader, {{"request", "services"}}, [](const Json& answer) {
    const std::string waiting = text(answer, "waiting");
    if (!waiting.empty()) {
      complain(0, fmt::format("the node takes no part yet, and knows of no service: {}", waiting));
    }
    for (const Json& service : answer.at("services")) {
      const std::string name = text(service.at("spec"), "name");
      print_text(fmt::format("{} version {}", name, service.value("version", std::uint64_t{0})));
      for (const Json& unit : service.at("units")) {
        const std::string owner = text(unit, "owner");
        print_text(fmt::format("  {}/{} epoch {} {} {}", name, unit.value("ordinal", 0U),
                               unit.value("epoch", std::uint64_t{0}),
                               owner.empty() ? "nobody" : owner.substr(0, 8),
                               text(unit, "endpoint")));
      }
    }
  });
}

int show_counters(const ReaderArguments& reader) {
  return show(reader, {{"request", "counters"}}, [](const Json& answer) {
    for (const auto& [name, value] : answer.at("counters").get_ref<const Json::object_t&>()) {
      print_text(fmt::format("{} {}", name, value.dump()));
    }
  });
}

int resolve(const ReaderArguments& reader, const std::string& name) {
  const auto answer =
      ask_node(reader.place(), {{"request", "resolve"}, {"name", name}}, kLookTimeout);
  if (!answer) return complain_of_silence(answer.error(), /*is_command=*/false);
  try {
    const Json& records = answer->at("records");
    if (reader.is_json) print_line(line_of(*answer));
    if (!reader.is_json) {
      for (const Json& record : records) print_record(record);
    }
    if (!records.empty()) return 0;
  } catch (const Json::exception&) {
    return complain_of_answer(reader);
  }
  return complain(kFailed, fmt::format("'{}' is not known to this node now", name));
}

int watch(const ReaderArguments& reader, const std::string& name) {
  return follow(reader, {{"request", "watch"}, {"name", name}}, [&](const Json& news) {
    if (reader.is_json) return print_line(line_of(news));
    if (news.at("records").empty()) print_line(fmt::format("{}: nobody", name));
    for (const Json& record : news.at("records")) print_record(record);
  });
}

int show_events(const ReaderArguments& reader) {
  EventText texts;
  bool has_begun = false;
  return follow(reader, {{"request", "events"}}, [&](const Json& news) {
    if (!news.contains("event")) return;  // The line that says that the stream has begun.
    if (reader.is_json) return print_line(line_of(news));
    if (!std::exchange(has_begun, true)) {
      // Events tell of nodes by their ids. Without their names they can be read as well.
      const auto members = ask_node(reader.place(), {{"request", "members"}});
      if (members) texts.learn(members->at("members"));
    }
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    print_text(fmt::format("{:%Y-%m-%dT%H:%M:%SZ}  {}  {}", fmt::gmtime(now), text(news, "event"),
                           texts.sentence_of(news)));
  });
}

int deploy(const ReaderArguments& reader, const ServiceSpec& spec) {
  const Json request{{"request", "deploy"},
                     {"spec",
                      {{"name", spec.name},
                       {"factory", spec.factory},
                       {"arguments", spec.arguments},
                       {"instances", spec.instances},
                       {"takeover_delay_ms", spec.takeover_delay.count()},
                       {"start_timeout_ms", spec.start_timeout.count()},
                       {"ship_interval_ms", spec.ship_interval.count()},
                       {"freeze_after_entries", spec.freeze_after_entries}}}};
  return command(reader, request, [&](const Json& answer) {
    print_line(fmt::format("{} deployed, version {}", spec.name,
                           answer.at("version").get<std::uint64_t>()));
  });
}

int undeploy(const ReaderArguments& reader, const std::string& service) {
  return command(reader, {{"request", "undeploy"}, {"service", service}}, [&](const Json& answer) {
    if (answer.at("undeployed").get<bool>()) print_line(fmt::format("{} undeployed", service));
  });
}

int freeze(const ReaderArguments& reader, const std::string& service, std::uint32_t ordinal) {
  // Only the owner can, and it need not be the node that is asked.
  const Json request{{"request", "freeze"}, {"service", service}, {"ordinal", ordinal}};
  return command(reader, request, [&](const Json& answer) {
    print_line(fmt::format("{}/{} frozen up to write {}", service, ordinal,
                           answer.at("sequence").get<std::uint64_t>()));
  });
}

}  // namespace gossamer::cli
