// SPDX-License-Identifier: BSL-1.0
// A transfer from a host that does anything but lie about the bytes under a tag: it has two
// packages of one length, may change from one to the other between any two answers, and breaks off
// anywhere. What is committed must be one of the two, whole.
#include <mde/flow/transfer.hpp>
#include <mde/service/generated_package.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include "fuzz/targets/flow_ops.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace mde_fuzz {

namespace {

struct Version {
    std::string bytes;
    std::string etag;
};

Version make_version(std::uint64_t size, std::uint64_t seed) {
    const service::GeneratedPackage package(size, seed);
    Version version{std::string(static_cast<std::size_t>(package.size()), '\0'), package.etag()};
    package.read(0, std::as_writable_bytes(std::span(version.bytes)));
    return version;
}

/// Small ones, and ones that several connections are used for.
const Version& version_of(bool large, unsigned which) {
    static const std::array<Version, 4> all{make_version(900, 1), make_version(900, 2),
                                            make_version(300'000, 1), make_version(300'000, 2)};
    return all[(large ? 2u : 0u) + which];
}

/// Links that may not come, may be dead or odd, and are not without end.
class FewLinks {
  public:
    FewLinks(Input& input, const Now& now) : input_(input), now_(now) {}

    flow::Action start(const Now&) { return flow::action::Finish{}; }
    flow::Action on(const flow::Event&, const Now&) { return flow::action::Finish{}; }
    result<PackageUri> take_result() {
        ++links_;
        constexpr std::array<std::string_view, 5> texts{
            "https://a.securitycenter.windows.com/p?token=x",
            "https://a.securitycenter.windows.com:443//p/%2f?sig=1&se=2024-05-01T01%3A00Z",
            "https://a.securitycenter.windows.com/p?sig=1&st=2024-05-01T00%3A00%3A30Z",
            "https://attacker.example/p", "https://a.securitycenter.windows.com:8443/p"};
        const unsigned choice = input_.byte() % 16;
        if (choice == 15) return some_error(input_);
        return wire::adopt_link(Secret(texts[choice < texts.size() ? choice : 0]), now_);
    }
    bool may_renew() const noexcept { return links_ < 6; }
    void progressed() noexcept {}
    void describe(Receipt&) {}

  private:
    Input& input_;
    const Now& now_;
    unsigned links_ = 0;
};

class TransferRun : public FlowRun<TransferRun> {
  public:
    explicit TransferRun(Input& input) : FlowRun(input), large_(input.byte() % 16 == 1) {
        if (input.flag()) settings_.connections_per_package = 2;
        if (input.byte() % 8 == 1) settings_.package_limit = 500;
    }

    void run() {
        FewLinks links(input_, now_);
        const PackageKey key{*MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a")};
        flow::Transfer<mde_test::SumHasher, FewLinks> transfer(context(), links, key);
        const result<Receipt> receipt = FlowRun::run(transfer);
        require(!is_open_, "the store is left");
        require(receipt.has_value() == is_committed_, "success is a commit and nothing else");
        if (!receipt) return;
        require(stored_ == version().bytes || stored_ == other_version().bytes,
                "a package is the host's, whole");
        require(receipt->length == stored_.size(), "the receipt tells the length");
        mde_test::SumHasher hasher;
        hasher.update(std::as_bytes(std::span(stored_)));
        require(receipt->sha256 == *hasher.finish(), "the receipt tells the hash");
    }

  private:
    friend class FlowRun<TransferRun>;
    using FlowRun::perform;

    const Version& version() const { return version_of(large_, which_); }
    const Version& other_version() const { return version_of(large_, 1 - which_); }

    // The store.

    flow::Event perform(const flow::action::OpenStore&) {
        const unsigned choice = input_.byte() % 16;
        if (choice == 1) return flow::event::Failed{make_error_code(errc::store_busy)};
        is_open_ = true;
        if (choice < 8) return flow::event::StoreOpened{nullptr, choice < 4};
        // Something was kept of one of the two.
        const Version& kept = choice < 12 ? version() : other_version();
        stored_ = kept.bytes.substr(0, input_.number() % (kept.bytes.size() + 1));
        part_ = {kept.bytes.size(), kept.etag, stored_.size()};
        return flow::event::StoreOpened{&part_, choice % 2 == 0};
    }
    flow::Event perform(const flow::action::BeginPart&) {
        if (store_fails()) return flow::event::Failed{make_error_code(errc::store_no_space)};
        stored_.clear();
        return flow::event::Done{};
    }
    flow::Event perform(const flow::action::WriteStore& action) {
        require(is_open_ && action.offset <= stored_.size(), "bytes come without a gap");
        if (store_fails()) return flow::event::Failed{make_error_code(errc::store_failed)};
        stored_.replace(static_cast<std::size_t>(action.offset), std::string::npos,
                        text_of(action.bytes));
        return flow::event::Done{};
    }
    flow::Event perform(const flow::action::ReadStore& action) {
        if (store_fails()) return flow::event::Failed{make_error_code(errc::store_failed)};
        const std::string_view stored = stored_;
        require(action.offset <= stored.size(), "what was stored is read");
        const auto most = static_cast<std::size_t>((std::min)(action.size, std::uint64_t(4096)));
        return body(stored.substr(static_cast<std::size_t>(action.offset), most));
    }
    flow::Event perform(const flow::action::CommitStore&) {
        is_open_ = false;
        if (store_fails()) return flow::event::Failed{make_error_code(errc::store_failed)};
        is_committed_ = true;
        return flow::event::Done{};
    }
    flow::Event perform(const flow::action::KeepPart&) { return leave(); }
    flow::Event perform(const flow::action::AbortStore&) { return leave(); }
    flow::Event leave() {
        require(is_open_, "an open store is left once");
        is_open_ = false;
        return flow::event::Done{};
    }
    bool store_fails() { return input_.byte() % 64 == 1; }

    static flow::Event body(std::string_view text) {
        return flow::event::BodyReady{std::as_bytes(std::span(text))};
    }

    /// Other connections bring the rest, or some of it: always of the package they were asked for.
    flow::Event perform(const flow::action::FetchSegments& action) {
        const Version& wanted = action.part->etag == version().etag ? version() : other_version();
        require(action.part->etag == wanted.etag, "a part has a tag of the host");
        if (action.part->total != wanted.bytes.size()) return other_part(action.from);
        const std::size_t left = wanted.bytes.size() - static_cast<std::size_t>(action.from);
        const unsigned choice = input_.byte() % 8;
        const std::size_t more = choice == 0 ? left : input_.number() % (left + 1);
        const std::size_t stored = static_cast<std::size_t>(action.from) + more;
        stored_.replace(static_cast<std::size_t>(action.from), std::string::npos,
                        wanted.bytes.substr(static_cast<std::size_t>(action.from), more));
        if (choice == 1) return other_part(stored);
        if (more == left)
            return flow::event::SegmentsDone{flow::event::SegmentsEnd::complete, {}, stored};
        return flow::event::SegmentsDone{flow::event::SegmentsEnd::failed, some_error(input_),
                                         stored};
    }
    static flow::Event other_part(std::uint64_t stored) {
        return flow::event::SegmentsDone{flow::event::SegmentsEnd::other_part, {}, stored};
    }

    // The host.

    flow::Event perform(const flow::action::Send& action) {
        check_request(action);
        const HttpRequest& request = *action.request;
        require(request.host == "a.securitycenter.windows.com" && request.port == 443 &&
                    request.scheme == Scheme::https && request.body.empty(),
                "a link leads to an allowed host");
        for (const HeaderField& field : request.fields)
            require(field.name == "Accept" || field.name == "Range" || field.name == "If-Range",
                    "a download carries no token");
        const unsigned choice = input_.byte() % 20;
        if (choice == 1) return flow::event::Failed{some_error(input_)};
        if (choice == 10) which_ = 1 - which_;
        answer(request, choice);
        return flow::event::HeadReady{&head_};
    }

    static std::string_view field_of(const HttpRequest& request, std::string_view name) {
        for (const HeaderField& field : request.fields)
            if (field.name == name) return field.value;
        return {};
    }

    /// The fields of a good answer, and where its body lies.
    void answer(const HttpRequest& request, unsigned choice) {
        const std::string_view range = field_of(request, "Range");
        const std::string_view condition = field_of(request, "If-Range");
        const auto size = version().bytes.size();
        const bool ignores = choice == 11;
        const bool matches = condition.empty() || condition == version().etag || choice == 15;
        std::size_t first = 0;
        std::size_t last = size - 1;
        status_ = 200;
        fields_ = {{"ETag", version().etag}, {"Content-Type", "application/zip"}};
        if (!range.empty() && matches && !ignores) {
            const std::size_t dash = range.find('-');
            first = std::stoul(std::string(range.substr(6, dash - 6)));
            if (dash + 1 < range.size())
                last =
                    (std::min)(last, std::size_t(std::stoul(std::string(range.substr(dash + 1)))));
            status_ = first < size ? 206 : 416;
            fields_.push_back({"Content-Range", content_range(first, last, size)});
        }
        if (status_ == 416) last = first = size;
        rest_ = std::string_view(version().bytes).substr(first, last - first + 1);
        fields_.push_back({"Content-Length", std::to_string(rest_.size())});
        spoil(choice, first, last, size);
        head_ = ResponseHead(status_);
        for (const auto& [name, value] : fields_) head_.add_field(name, value);
        const auto framing = wire::body_framing(head_);
        by_length_.reset();
        if (framing && framing->end == wire::BodyEnd::by_length) by_length_ = framing->length;
    }

    static std::string content_range(std::size_t first, std::size_t last, std::size_t total) {
        return "bytes " + std::to_string(first) + '-' + std::to_string(last) + '/' +
               std::to_string(total);
    }

    void set(std::string_view name, std::string value) {
        for (auto& field : fields_)
            if (field.first == name) field.second = value;
    }

    /// What is wrong with this answer's head.
    void spoil(unsigned choice, std::size_t first, std::size_t last, std::size_t size) {
        constexpr std::array statuses{200u, 206u, 400u, 401u, 403u, 404u, 410u, 412u,
                                      416u, 429u, 500u, 503u, 204u, 304u, 100u, 999u};
        constexpr std::array<std::string_view, 6> types{
            "text/html", "application/json", "application/octet-stream", "", "TEXT/PLAIN", "x"};
        const auto more = [&](std::size_t number) { return number + input_.byte() - 100; };
        switch (choice) {
        case 2: status_ = statuses[input_.byte() % statuses.size()]; break;
        case 3: redirect(); break;
        case 4:
            fields_.erase(fields_.begin() +
                          static_cast<std::ptrdiff_t>(input_.byte() % fields_.size()));
            break;
        case 5: set("Content-Range", content_range(more(first), more(last), more(size))); break;
        case 6: set("Content-Length", std::to_string(more(rest_.size()))); break;
        case 7: set("ETag", "W/" + version().etag); break;
        case 8: set("Content-Type", std::string(types[input_.byte() % types.size()])); break;
        case 9: fields_.pop_back(); break;
        case 12:
            fields_.push_back({"Retry-After", std::string(input_.text(input_.byte() % 16))});
            break;
        case 13: fields_.push_back(fields_[input_.byte() % fields_.size()]); break;
        case 14: fields_.push_back({"Content-Encoding", "gzip"}); break;
        case 16:
            fields_.pop_back();
            fields_.push_back({"Transfer-Encoding", "chunked"});
            break;
        case 17: set("Content-Range", std::string(input_.text(input_.byte() % 40))); break;
        default: break;
        }
    }

    void redirect() {
        constexpr std::array<std::string_view, 6> places{
            "https://a.securitycenter.windows.com/other",
            "http://a.securitycenter.windows.com/p",
            "https://attacker.example/p",
            "/p",
            "https://a.securitycenter.windows.com.evil/p",
            "https://u@a.securitycenter.windows.com/p"};
        constexpr std::array statuses{301u, 302u, 303u, 307u, 308u, 300u};
        status_ = statuses[input_.byte() % statuses.size()];
        const unsigned place = input_.byte() % 8;
        fields_.push_back({"Location", place < places.size()
                                           ? std::string(places[place])
                                           : std::string(input_.text(input_.byte() % 64))});
    }

    flow::Event perform(const flow::action::ReadBody&) {
        const unsigned choice = input_.byte() % 16;
        if (choice == 1) return flow::event::Failed{some_error(input_)};
        if (by_length_ == 0) return body({});
        const bool is_cut = rest_.empty() || choice == 2;
        if (is_cut && by_length_) return flow::event::Failed{make_error_code(errc::body_truncated)};
        if (is_cut) return body({});
        std::size_t size = choice == 3 ? input_.byte() % 40 + 1 : std::size_t(64 * 1024);
        size = (std::min)(size, rest_.size());
        if (by_length_)
            size = static_cast<std::size_t>((std::min)(std::uint64_t(size), *by_length_));
        if (by_length_) *by_length_ -= size;
        const std::string_view piece = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return body(piece);
    }

    bool large_;
    /// What the host has now.
    unsigned which_ = 0;
    bool is_open_ = false;
    bool is_committed_ = false;
    std::string stored_;
    PackagePart part_;
    unsigned status_ = 0;
    std::vector<std::pair<std::string, std::string>> fields_;
    ResponseHead head_;
    /// What is still to come of the body, and how much of it by the head's word.
    std::string_view rest_;
    std::optional<std::uint64_t> by_length_;
};

} // namespace

void transfer(Bytes bytes) {
    Input input(bytes);
    TransferRun(input).run();
}

} // namespace mde_fuzz
