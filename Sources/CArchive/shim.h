// SPDX-License-Identifier: MIT
#include <archive.h>
#include <archive_entry.h>
