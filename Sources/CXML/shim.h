// SPDX-License-Identifier: MIT
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
