// SPDX-License-Identifier: MIT
#include <unarr.h>
