#include "stale_writer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "ledger_client.hpp"

namespace gossamer::demo {

Result<StaleWriter> StaleWriter::connect(const Endpoint& owner, std::string client) {
  const auto socket = ledger::connect_tcp(owner, Milliseconds{1'000});
  if (!socket) return tl::unexpected(socket.error());
  return StaleWriter{*socket, std::move(client)};
}

StaleWriter::StaleWriter(StaleWriter&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      client_(std::move(other.client_)),
      written_(other.written_) {}

StaleWriter::~StaleWriter() {
  if (socket_ >= 0) ::close(socket_);
}

void StaleWriter::write(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string line =
        ledger::to_line(ledger::Add{"stale", 1, {client_, ++written_}, Durability::frozen}) + "\n";
    (void)!::send(socket_, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

StaleWriter::Outcome StaleWriter::collect(Milliseconds patience) {
  Outcome outcome;
  std::string input;
  const Time deadline = now() + patience;
  while (outcome.refused + outcome.acknowledged < written_) {
    const auto left = static_cast<int>(milliseconds_between(now(), deadline));
    pollfd readable{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&readable, 1, left) <= 0) break;
    std::array<char, 4096> chunk;
    const ssize_t count = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (count <= 0) break;
    input.append(chunk.data(), static_cast<std::size_t>(count));
    for (std::size_t end = input.find('\n'); end != std::string::npos; end = input.find('\n')) {
      const bool is_acknowledged = ledger::parse_reply(input.substr(0, end)).has_value();
      ++(is_acknowledged ? outcome.acknowledged : outcome.refused);
      input.erase(0, end + 1);
    }
  }
  outcome.refused = written_ - outcome.acknowledged;
  return outcome;
}

}  // namespace gossamer::demo
