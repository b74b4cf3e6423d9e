/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-error.h"

/**
 * gbx_error_quark:
 *
 * The domain of the library's errors; their codes are #GbxError.
 *
 * Returns: the quark behind %GBX_ERROR
 */
G_DEFINE_QUARK (gbx-error-quark, gbx_error)
