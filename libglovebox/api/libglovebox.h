/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Everything that is public. */
#include "gbx-control.h"
#include "gbx-doctor.h"
#include "gbx-error.h"
#include "gbx-initrd.h"
#include "gbx-kept-homes.h"
#include "gbx-kernel.h"
#include "gbx-os.h"
#include "gbx-policy.h"
#include "gbx-profile.h"
#include "gbx-running-sandbox.h"
#include "gbx-sandbox.h"
#include "gbx-service.h"
#include "gbx-setting-info.h"
#include "gbx-state.h"
#include "gbx-window.h"
