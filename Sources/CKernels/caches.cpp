// Sizes of the caches, from the system.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "include/cyclegan_kernels.hpp"

#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace {

using kernels::Caches;

constexpr int64_t smallest = 64 << 10, largest = int64_t{4} << 30;

/// A number with K, M or G behind it, in bytes; -1 where there is none. `text` moves behind it.
int64_t parse_size(const char *&text) {
    char *end;
    // strtoll would take spaces and signs as well.
    if (*text < '0' || *text > '9') return -1;
    int64_t size = std::strtoll(text, &end, 10);
    const char *units = "KMG", *unit = *end ? std::strchr(units, *end) : nullptr;
    if (size > largest) return -1;
    if (unit) {
        size <<= 10 * (unit - units + 1);
        end++;
    }
    text = end;
    return size >= smallest && size <= largest ? size : -1;
}

#if defined(__APPLE__)
int64_t system_size(const char *name) {
    int64_t size = 0;
    size_t length = sizeof(size);
    return sysctlbyname(name, &size, &length, nullptr, 0) == 0 ? size : 0;
}

/// Apple's processors have no third cache of their own; many cores share the second, and all of them one in front of the memory.
bool read_system(Caches &caches) {
    const int64_t sharers = system_size("hw.perflevel0.cpusperl2"), second = system_size("hw.perflevel0.l2cachesize");
    if (second < smallest) {
        caches.second = system_size("hw.l2cachesize");
        caches.third = system_size("hw.l3cachesize");
    } else {
        caches.second = sharers > 1 ? second / sharers : second;
        caches.third = second;
        caches.sharers = static_cast<int>(sharers);
    }
    return caches.second >= smallest && caches.third >= smallest;
}
#else
/// The first line of a file about a cache of the first processor.
bool read_line(int index, const char *name, char (&line)[256]) {
    char path[128];
    std::snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, name);
    FILE *file = std::fopen(path, "re");
    if (!file) return false;
    const bool is_read = std::fgets(line, sizeof(line), file);
    std::fclose(file);
    line[std::strcspn(line, "\n")] = 0;
    return is_read;
}

/// Processors of a list such as `0-3,8`.
int count_processors(const char *list) {
    int count = 0, first, last, length;
    while (std::sscanf(list, "%d%n", &first, &length) == 1) {
        list += length;
        last = first;
        if (*list == '-' && std::sscanf(list + 1, "%d%n", &last, &length) == 1) list += 1 + length;
        count += last - first + 1;
        if (*list == ',') list++;
    }
    return count;
}

bool read_system(Caches &caches) {
    char line[256];
    for (int index = 0; read_line(index, "level", line); index++) {
        const int level = std::atoi(line);
        if (level < 2 || level > 3 || !read_line(index, "size", line)) continue;
        const char *text = line;
        const int64_t size = parse_size(text);
        if (size < 0) continue;
        if (level == 2) caches.second = size;
        if (level == 3) {
            caches.third = size;
            caches.sharers = read_line(index, "shared_cpu_list", line) ? count_processors(line) : 0;
        }
    }
    if (caches.third == 0) caches.third = caches.second;
    return caches.second > 0;
}
#endif

}  // namespace

namespace kernels {

bool parse_caches(const char *text, Caches &caches) {
    const int64_t second = parse_size(text);
    if (second < 0 || *text++ != ',') return false;
    const int64_t third = parse_size(text);
    if (third < second || *text) return false;
    caches = {second, third, 0, Caches::Source::environment};
    return true;
}

const Caches &caches() {
    static const Caches found = [] {
        Caches caches{0, 0, 0, Caches::Source::system};
        const char *text = std::getenv("CYCLEGAN_CACHE");
        if (text && parse_caches(text, caches)) return caches;
        // What all processors of the last ten years have at least, but for a few of the smallest.
        return read_system(caches) ? caches : Caches{512 << 10, 8 << 20, 0, Caches::Source::fallback};
    }();
    return found;
}

}  // namespace kernels
