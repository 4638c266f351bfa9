#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "discovery/ec2_sightings.hpp"

namespace gossamer {
namespace {

using aws::Ec2Instance;
using State = Sighting::State;

Ec2Instance running(std::string id) {
  Ec2Instance instance;
  instance.id = std::move(id);
  instance.state = "running";
  instance.private_v4 = "10.0.0.1";
  instance.zone = "eu-west-1a";
  return instance;
}

Sighting look(const Ec2Instance& instance, const std::string& parameters = {}) {
  const auto all = sightings_of({instance}, parse_ec2_url("a=b" + parameters).value(), {}, {});
  REQUIRE(all.size() == 1);
  return all[0];
}

TEST_CASE("ec2 sightings: a running instance is a seed", "[ec2]") {
  const Sighting seed = look(running("i-1"));
  CHECK(seed.machine == "i-1");
  CHECK(seed.endpoint == Endpoint{"10.0.0.1", 7946});
  CHECK(seed.zone == "eu-west-1a");
  CHECK(seed.state == State::running);
  CHECK(seed.left_out.empty());
  CHECK(seeds_of({seed}) == std::vector<Endpoint>{{"10.0.0.1", 7946}});
}

TEST_CASE("ec2 sightings: the address is the one asked for, and no other instead", "[ec2]") {
  Ec2Instance instance = running("i-1");
  instance.private_v4.clear();
  CHECK(look(instance).left_out == "has no private IPv4 address");
  CHECK(look(instance, "?address=private_v6").left_out == "has no IPv6 address");
  CHECK(look(instance, "?address=public_v4").left_out == "has no public IPv4 address");
  CHECK(look(instance, "?address=tag:mesh").left_out == "has no address tag 'mesh'");
  CHECK_FALSE(look(instance).endpoint);

  instance.private_v4 = "10.0.0.1";
  instance.public_v4 = "54.0.0.1";
  instance.ipv6 = "2001:DB8:0:0::1";
  instance.tags["mesh"] = "100.64.0.1";
  CHECK(look(instance, "?address=private_v6").endpoint == Endpoint{"2001:db8::1", 7946});
  CHECK(look(instance, "?address=public_v4").endpoint == Endpoint{"54.0.0.1", 7946});
  CHECK(look(instance, "?address=tag:mesh").endpoint == Endpoint{"100.64.0.1", 7946});

  instance.tags["mesh"] = "web-1.example.org";
  CHECK(look(instance, "?address=tag:mesh").left_out ==
        "address tag 'mesh' is 'web-1.example.org', which is no numeric address");
  instance.private_v4 = "0.0.0.0";
  CHECK(look(instance).left_out ==
        "private IPv4 address is '0.0.0.0', which is unspecified (0.0.0.0/8)");
  instance.private_v4 = "10.0.0.1\n10.0.0.2";
  CHECK(look(instance).left_out ==
        "private IPv4 address is '10.0.0.1?10.0.0.2', which is no numeric address");
}

TEST_CASE("ec2 sightings: an address that can be no machine's is left out, wherever it stands",
          "[ec2]") {
  struct Row {
    const char* address;
    const char* why;
  };
  const auto row =
      GENERATE(values<Row>({{"0.0.0.0", "is unspecified (0.0.0.0/8)"},
                            {"0.1.2.3", "is unspecified (0.0.0.0/8)"},
                            {"169.254.169.254", "is link-local (169.254.0.0/16)"},
                            {"224.0.0.1", "is multicast (224.0.0.0/4)"},
                            {"239.255.255.255", "is multicast (224.0.0.0/4)"},
                            {"255.255.255.255", "is broadcast"},
                            {"::", "is unspecified (::)"},
                            {"fe80::1", "is link-local (fe80::/10)"},
                            {"ff02::1", "is multicast (ff00::/8)"},
                            {"fd00:ec2::254", "is EC2's own (fd00:ec2::/32)"},
                            {"::ffff:169.254.169.254", "is link-local (169.254.0.0/16)"}}));
  CAPTURE(row.address);
  Ec2Instance instance = running("i-1");
  instance.tags["mesh"] = instance.private_v4 = instance.public_v4 = instance.ipv6 = row.address;
  const Sighting by_tag = look(instance, "?address=tag:mesh");
  CHECK_FALSE(by_tag.endpoint);
  CHECK(by_tag.left_out ==
        std::string{"address tag 'mesh' is '"} + row.address + "', which " + row.why);
  CHECK(seeds_of({by_tag}).empty());
  CHECK_FALSE(look(instance).endpoint);
  CHECK_FALSE(look(instance, "?address=public_v4").endpoint);
  CHECK_FALSE(look(instance, "?address=private_v6").endpoint);
}

TEST_CASE("ec2 sightings: loopback and a private network of any kind are machines'", "[ec2]") {
  const std::string address = GENERATE("127.0.0.1", "::1", "10.255.255.255", "100.64.0.1",
                                       "fd00::1", "240.0.0.1", "223.255.255.254");
  Ec2Instance instance = running("i-1");
  instance.tags["mesh"] = address;
  CHECK(look(instance, "?address=tag:mesh").endpoint == Endpoint{address, 7946});
}

TEST_CASE("ec2 sightings: an address of the other family is none", "[ec2]") {
  Ec2Instance instance = running("i-1");
  instance.private_v4 = instance.public_v4 = "2001:db8::1";
  instance.ipv6 = GENERATE("10.0.0.1", "::ffff:10.0.0.1");
  CHECK(look(instance).left_out ==
        "private IPv4 address is '2001:db8::1', which is no IPv4 address");
  CHECK(look(instance, "?address=public_v4").left_out ==
        "public IPv4 address is '2001:db8::1', which is no IPv4 address");
  CHECK(look(instance, "?address=private_v6").left_out ==
        "IPv6 address is '" + instance.ipv6 + "', which is no IPv6 address");
}

TEST_CASE("ec2 sightings: the port may be in a tag", "[ec2]") {
  Ec2Instance instance = running("i-1");
  CHECK(look(instance, "?port=8000").endpoint == Endpoint{"10.0.0.1", 8000});
  CHECK(look(instance, "?port=tag:gossip").left_out == "has no port tag 'gossip'");
  instance.tags["gossip"] = "7000";
  CHECK(look(instance, "?port=tag:gossip").endpoint == Endpoint{"10.0.0.1", 7000});
  const std::string bad = GENERATE("abc", "", "0", "70000", "-1", "80 ", "7000x");
  instance.tags["gossip"] = bad;
  const Sighting none = look(instance, "?port=tag:gossip");
  CHECK_FALSE(none.endpoint);
  CHECK(none.left_out == "port tag 'gossip' is '" + bad + "', which is no number from 1 to 65535");
}

TEST_CASE("ec2 sightings: only the states asked for are seeds, and the others say theirs",
          "[ec2]") {
  struct Row {
    const char* name;
    State state;
  };
  const auto row = GENERATE(values<Row>({{"pending", State::starting},
                                         {"stopping", State::stopping},
                                         {"stopped", State::stopping},
                                         {"shutting-down", State::gone},
                                         {"terminated", State::gone}}));
  Ec2Instance instance = running("i-1");
  instance.state = row.name;
  const Sighting sighting = look(instance);
  CHECK(sighting.state == row.state);
  CHECK(sighting.left_out == std::string{"is "} + row.name);
  CHECK(sighting.endpoint == Endpoint{"10.0.0.1", 7946});
  CHECK(seeds_of({sighting}).empty());
  CHECK(look(instance, "?state=running|pending").left_out.empty() ==
        (row.state == State::starting));
  CHECK(look(running("i-2"), "?state=pending").left_out == "is running");
  instance.state = "dreaming";
  CHECK(look(instance).left_out == "is in the state 'dreaming', which is not known here");
}

TEST_CASE("ec2 sightings: this machine is no seed of its own, nor one with another's address",
          "[ec2]") {
  const Ec2Url url = parse_ec2_url("a=b").value();
  Ec2Instance second = running("i-2");
  Ec2Instance third = running("i-3");
  third.private_v4 = "10.0.0.3";
  const auto all = sightings_of({running("i-1"), second, third}, url, "i-3", {});
  CHECK(all[0].left_out.empty());
  CHECK(all[1].left_out == "has the same address as i-1");
  CHECK(all[2].left_out == "this machine");
  CHECK(all[2].endpoint == Endpoint{"10.0.0.3", 7946});
  CHECK(seeds_of(all) == std::vector<Endpoint>{{"10.0.0.1", 7946}});
}

TEST_CASE("ec2 sightings: who is gone is known by its last address, until another has it",
          "[ec2]") {
  const Ec2Url url = parse_ec2_url("a=b").value();
  Ec2Instance gone = running("i-1");
  gone.state = "terminated";
  gone.private_v4.clear();
  const LastEndpoints last{{"i-1", {"10.0.0.9", 7946}}};
  CHECK_FALSE(sightings_of({gone}, url, {}, {})[0].endpoint);
  CHECK(sightings_of({gone}, url, {}, last)[0].endpoint == Endpoint{"10.0.0.9", 7946});
  CHECK(sightings_of({gone}, url, {}, last)[0].left_out == "is terminated");
  Ec2Instance heir = running("i-2");
  heir.private_v4 = "10.0.0.9";
  const auto both = sightings_of({gone, heir}, url, {}, last);
  CHECK_FALSE(both[0].endpoint);
  CHECK(both[1].left_out.empty());
}

TEST_CASE("ec2 sightings: a tag's text is cut and cannot command a terminal", "[ec2]") {
  Ec2Instance instance = running("i-1");
  instance.tags["gossip"] = "\x1b[2J" + std::string(59, 'x') + "\xc3\xa9" + std::string(100, 'y');
  const std::string left_out = look(instance, "?port=tag:gossip").left_out;
  CHECK_THAT(left_out, Catch::Contains("'?[2J" + std::string(59, 'x') + "..'"));
  CHECK(left_out.find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace gossamer
