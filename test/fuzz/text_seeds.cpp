// Answers of services, files and URLs, as those who write them do.

#include "seeds.hpp"

namespace gossamer::fuzz {
namespace {

// Decisions of response(): a status by its place in that list, and a header of so many bytes.
Bytes status(std::uint8_t place) {
  return {place, 0};
}

void add_ec2(SeedFolder& folder) {
  folder.add_text("ec2_instances", "one", {},
                  R"(<?xml version="1.0"?><DescribeInstancesResponse><reservationSet><item>
<instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>
<privateIpAddress>10.0.0.1</privateIpAddress><ipAddress>54.0.0.1</ipAddress>
<placement><availabilityZone>eu-1a</availabilityZone></placement>
<networkInterfaceSet><item><ipv6AddressesSet><item><ipv6Address>::1</ipv6Address></item>
</ipv6AddressesSet></item></networkInterfaceSet>
<tagSet><item><key>cluster</key><value>a&amp;b</value></item></tagSet></item></instancesSet></item>
</reservationSet><nextToken>more</nextToken></DescribeInstancesResponse>)");
  folder.add_text("ec2_instances", "none", {},
                  "<a:DescribeInstancesResponse xmlns:a='x'><a:reservationSet/>"
                  "</a:DescribeInstancesResponse>");
  folder.add_text(
      "instance_metadata", "identity", {0},
      R"({"instanceId":"i-1","region":"eu-central-1","availabilityZone":"eu-central-1a",)"
      R"("accountId":"1","instanceType":"t3.small","privateIp":"10.0.0.1"})");
  folder.add_text("instance_metadata", "action", {1},
                  R"({"action":"terminate","time":"2026-01-02T03:04:05Z"})");
  folder.add_text("instance_metadata", "rebalance", {2},
                  R"({"noticeTime":"2026-01-02T03:04:05Z"})");
  folder.add_text("instance_metadata", "lines", {3}, "role-1\r\nrole-2\n\n");
}

void add_objects(SeedFolder& folder) {
  const Bytes cuts{6, 100};
  folder.add_text("hidden_content", "hidden", cuts,
                  std::string("gsx\1\0\0\0\0", 8) + std::string(24, 'n') + std::string(80, 'c'));
  folder.add_text("hidden_content", "plain", cuts, "MANIFEST-000004\n");
  folder.add_text("hidden_content", "almost", cuts, std::string("gsx\1\0\0\0\0and", 11));
}

void add_credentials(SeedFolder& folder) {
  folder.add_text("credentials_json", "role", {},
                  R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"B","Token":"C",)"
                  R"("Expiration":"2026-01-02T03:04:05Z"})");
  folder.add_text("credentials_json", "refused", {}, R"({"Code":"AssumeRoleUnauthorizedAccess"})");
  folder.add_text(
      "sts_answer", "role", status(0),
      "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
      "<AccessKeyId>A</AccessKeyId><SecretAccessKey>B</SecretAccessKey>"
      "<SessionToken>C</SessionToken><Expiration>2026-01-02T03:04:05Z</Expiration>"
      "</Credentials></AssumeRoleWithWebIdentityResult>"
      "</AssumeRoleWithWebIdentityResponse>");
  folder.add_text("sts_answer", "refused", status(5),
                  "<ErrorResponse><Error><Code>InvalidIdentityToken</Code>"
                  "<Message>a.token.of.somebody is none</Message></Error></ErrorResponse>");
  folder.add_text(
      "profile_file", "config", {1},
      "[default]\nregion = eu-central-1\ns3 =\n  addressing_style = path\n\n"
      "# words\n[profile 'a b']\nservices = x\n[services x]\nec2 =\n  endpoint_url=http://h\n");
  folder.add_text("profile_file", "credentials", {0},
                  "[DEFAULT]\nregion: x\n[a]\naws_access_key_id=A\r\naws_secret_access_key=B\n");
  folder.add_text("admission_text", "authority", {},
                  "gossamer-authority 1\n" + std::string(64, '0') + "\n");
  folder.add_text("admission_text", "admission", {},
                  "gossamer-admission 1\n01" + std::string(208, '0') + "\n");
  folder.add_text("key_text", "key", {}, "gossamer-key 1\n" + std::string(64, '0') + "\n");
}

void add_times(SeedFolder& folder) {
  for (const char* text :
       {"2015-08-30T12:36:00Z", "2015-08-30T12:36:00.123+00:00", "Sun, 30 Aug 2015 12:36:00 GMT"}) {
    folder.add_text("wall_clock", std::to_string(std::string_view{text}.size()), {}, text);
  }
  folder.add_text("retry_after", "seconds", {0}, "120");
  folder.add_text("retry_after", "date", {0}, "Sun, 30 Aug 2026 12:36:00 GMT");
  folder.add_text("retry_after", "dates", {29},
                  "Sun, 30 Aug 2026 12:36:00 GMTSun, 30 Aug 2026 12:37:00 GMT");
  folder.add_text("response_head", "continued", {},
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"a\"\r\n"
                  "Content-Length: 3\r\n\r\nX-Trailer: b\r\n");
}

void add_s3(SeedFolder& folder) {
  folder.add_text(
      "s3_list", "page", status(0),
      "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<Contents><Key>a%2Fb+c</Key></Contents><Contents><Key>d</Key></Contents>"
      "<NextContinuationToken>e</NextContinuationToken></ListBucketResult>");
  folder.add_text(
      "s3_multipart", "uploads", status(0),
      "<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>u</UploadId>"
      "<Initiated>2026-01-02T03:04:05Z</Initiated></Upload><IsTruncated>true</IsTruncated>"
      "<NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>"
      "</ListMultipartUploadsResult>");
  folder.add_text("s3_multipart", "begun", status(0),
                  "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                  "</InitiateMultipartUploadResult>");
  folder.add_text("s3_multipart", "completed", status(0),
                  "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
  const std::string error =
      "<Error><Code>NoSuchKey</Code><Message>no such key</Message><Region>eu-1</Region>"
      "<ActualObjectSize>9</ActualObjectSize></Error>";
  folder.add_text("service_error", "s3", status(7), error);
  folder.add_text("service_error", "ec2", status(5),
                  "<Response><Errors><Error><Code>AuthFailure</Code><Message>it quotes "
                  "hidden/from+everybody</Message></Error></Errors></Response>");
  folder.add_text("s3_answer", "absent", {0, 0, 7, 0}, error);
  folder.add_text("s3_answer", "exists", {1, 0, 12, 0}, "");
  folder.add_text("content_range", "part", {}, "bytes 100-199/1000");
  folder.add_text("content_range", "unsatisfied", {13, 12}, "bytes */1000");
  folder.add_text("content_range", "in-the-body", {13, 0}, error);
  folder.add_text("store_url", "all", {},
                  "s3://bucket/some/prefix?region=eu-1&endpoint=http://127.0.0.1:9000&style=path&"
                  "sse=aws:kms&kms_key=k");
  folder.add_text("object_key", "slot", {}, "journal/ledger/0/00000000000000000007");
  folder.add_text(
      "object_key", "file", {},
      "files/ledger/0/00000000000000000001-00000000000000000002-" + std::string(64, 'a'));
  folder.add_text("object_key", "spec", {}, "specs/ledger/00000000000000000003");
  folder.add_text("cluster_id", "named", {}, "0123-abc\nfuzz");
  folder.add_text("cluster_id", "of-another", {}, "0123-abc\nother");
}

void add_discovery(SeedFolder& folder) {
  folder.add_text("discovery_url", "ec2", {0},
                  "cluster=blue|green;role=*?region=eu-1&endpoint=http://h:1&address=tag:ip&"
                  "port=tag:port&zone=a&vpc=v&state=pending&interval=30s&dualstack=true");
  folder.add_text("discovery_url", "dns", {1}, "_gossip._tcp.host:7946?server=127.0.0.1:53");
  folder.add_text("discovery_url", "seed", {2}, "[::1]:7946");
  folder.add_text("seed_text", "list", {}, "10.0.0.1:7946 # one\n\nlocalhost:1\nbad\n[::1]:2\n");
  folder.add_text("address_ranges", "list", {}, "10.0.0.0/8\nfd00::/8\n203.0.113.7\n::/0");
  folder.add_text("address_ranges", "beyond", {}, "10.0.0.1/8");
  // A question and an answer of each kind, by pointers to its name.
  Bytes answer{0, 1, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 1, 1, 'h', 0, 0, 1, 0, 1};
  const auto record = [&](std::uint8_t type, Bytes data) {
    const Bytes head{0xc0, 12, 0, type, 0, 1,
                     0,    0,  0, 9,    0, static_cast<std::uint8_t>(data.size())};
    answer.insert(answer.end(), head.begin(), head.end());
    answer.insert(answer.end(), data.begin(), data.end());
  };
  record(1, {10, 0, 0, 1});
  record(28, Bytes(16, 1));
  record(33, {0, 1, 0, 1, 0x1f, 0x0a, 1, 't', 0xc0, 12});
  record(1, {10, 0, 0, 2});
  folder.add("dns_answer", "all", answer);
}

void add_admin(SeedFolder& folder) {
  // Pieces, the way, the place that is altered, and how.
  const std::string magic{"gsa\1", 4};
  folder.add_text("admin_channel", "greeting", {255, 0, 0, 0}, magic + std::string(40, 'k'));
  folder.add_text("admin_channel", "introduction", {30, 1, 0, 0}, magic + std::string(64, 'p'));
  folder.add_text("admin_channel", "refusal", {1, 0, 0, 0}, std::string{"gsa\0", 4});
  folder.add_text("admin_channel", "http", {255, 1, 0, 0}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  folder.add_text("admin_channel", "altered", {7, 1, 9, 1}, R"({"request":"members"})");
  folder.add_text("admin_channel", "longer", {7, 0, 3, 1}, R"({"ok":true})");
  folder.add_text("admin_request", "members", {}, R"({"request":"members"})");
  folder.add_text("admin_request", "resolve", {}, R"({"request":"resolve","name":"ledger"})");
  folder.add_text("admin_request", "freeze", {},
                  R"({"request":"freeze","service":"ledger","ordinal":1})");
  folder.add_text("admin_request", "keys-add", {},
                  R"({"request":"keys_add","key":")" + std::string(64, '1') + R"("})");
  folder.add_text("admin_request", "keys-use", {}, R"({"request":"keys_use","id":"01234567"})");
  folder.add_text("admin_request", "deploy", {},
                  R"({"request":"deploy","spec":{"name":"ledger","factory":"f","arguments":"a",)"
                  R"("instances":2,"takeover_delay_ms":0,"start_timeout_ms":30000,)"
                  R"("ship_interval_ms":1000,"freeze_after_entries":1000}})");
}

}  // namespace

void add_text_seeds(SeedFolder& folder) {
  add_ec2(folder);
  add_credentials(folder);
  add_objects(folder);
  add_times(folder);
  add_s3(folder);
  add_discovery(folder);
  add_admin(folder);
}

}  // namespace gossamer::fuzz
