/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-error.h"

G_DEFINE_QUARK (gbx-error-quark, gbx_error)
