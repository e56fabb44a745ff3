// SPDX-License-Identifier: MIT
#include <jxl/decode.h>
