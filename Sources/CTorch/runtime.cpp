// Threads, devices, versions and the count of live handles.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>

#include <string>

#include "internal.hpp"

namespace {
// Tensors stay on the thread that made them, so each thread counts its own, and tests can run side by side.
thread_local int64_t live_handles = 0;
}

void ctorch::count_handle(int change) noexcept { live_handles += change; }

at::Device ctorch::device(ct_device device) {
    switch (device.kind) {
        case CT_CPU: return at::Device(at::kCPU);
        case CT_CUDA: return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
        case CT_MPS: return at::Device(at::kMPS, 0);
    }
    TORCH_CHECK(false, "unknown device kind ", static_cast<int>(device.kind));
}

extern "C" {

const char *ct_version(void) { return TORCH_VERSION; }
int64_t ct_live_handles(void) { return live_handles; }
int ct_thread_count(void) { return at::get_num_threads(); }
int ct_set_thread_count(int count) {
    return ctorch::guard([&] { at::set_num_threads(count); });
}

int ct_load_cuda(void) {
    return ctorch::guard([&] {
        Dl_info info;
        TORCH_CHECK(dladdr(reinterpret_cast<void *>(&at::set_num_threads), &info) != 0, "libtorch's folder is unknown");
        std::string path = info.dli_fname;
        path = path.substr(0, path.rfind('/') + 1) + "libtorch_cuda.so";
        TORCH_CHECK(dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL), dlerror());
    });
}

int ct_cuda_device_count(void) {
    int count = 0;
    ctorch::guard([&] { count = at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; });
    return count;
}

bool ct_has_mps(void) {
    bool result = false;
    ctorch::guard([&] { result = at::hasMPS(); });
    return result;
}

int ct_synchronize(ct_device device) {
    return ctorch::guard([&] {
        if (device.kind == CT_CUDA) at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(device.index));
        if (device.kind == CT_MPS) at::detail::getMPSHooks().deviceSynchronize();
    });
}

}  // extern "C"
