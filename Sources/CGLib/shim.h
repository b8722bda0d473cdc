// GLib, which libvips is built on, for its checksums.
#pragma once

#include <glib.h>
