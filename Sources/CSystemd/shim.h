// SPDX-License-Identifier: MIT
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
