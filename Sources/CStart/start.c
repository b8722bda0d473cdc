// Threads that wait for each other sleep soon, where the user says nothing else.
//
// GNU's OpenMP runtime lets a thread at a barrier turn in place for milliseconds. Where another process wants the core, a network of many
// short operations then takes up to nine times as long. The runtime reads its settings when it is loaded, before `main` and any initializer of
// this program, so that the program starts itself again with the setting; that early it costs a few milliseconds.
#include "start.h"

#if defined(__linux__)
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static int names(const char *variable, const char *name) {
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

static void sleep_soon(int count, char **arguments, char **environment) {
    (void)count;
    // Started through a loader, the loader is what would be started again.
    if (getauxval(AT_BASE) == 0) return;
    size_t variables = 0;
    for (; environment[variables] != NULL; variables++) {
        if (names(environment[variables], "GOMP_SPINCOUNT") || names(environment[variables], "OMP_WAIT_POLICY")) return;
    }
    // By its own name, which the system shows.
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    char **extended = malloc((variables + 2) * sizeof *extended);
    if (length <= 0 || extended == NULL) return;
    path[length] = '\0';
    memcpy(extended, environment, variables * sizeof *extended);
    extended[variables] = "GOMP_SPINCOUNT=1000";
    extended[variables + 1] = NULL;
    execve(path, arguments, extended);
    // It goes on as it was where the system refuses.
    free(extended);
}

// Run before the initializers of shared libraries.
__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) = sleep_soon;
#endif
