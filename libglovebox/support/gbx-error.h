/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GBX_ERROR (gbx_error_quark ())

/**
 * GbxError:
 * @GBX_ERROR_INVALID: an argument, option or file is malformed
 * @GBX_ERROR_SHARE: a share is refused or not possible
 * @GBX_ERROR_NOT_FOUND: something named does not exist
 * @GBX_ERROR_NAME_IN_USE: a sandbox of that name is already running
 * @GBX_ERROR_HYPERVISOR: libvirt or QEMU is missing, refuses or failed
 * @GBX_ERROR_ACCELERATOR: the requested accelerator does not work here
 * @GBX_ERROR_ISOLATION: the isolation is too weak for a strict run
 * @GBX_ERROR_KERNEL: no usable kernel, or no readable one
 * @GBX_ERROR_MODULE: the kernel lacks a module that the guest needs
 * @GBX_ERROR_DISPLAY: Xorg, a driver or the display connection is missing
 * @GBX_ERROR_MEMORY: the requested memory is too little or more than available
 * @GBX_ERROR_STORAGE: a file could not be written, for example because the disk is full
 * @GBX_ERROR_NETWORK: the network helper is missing or failed
 * @GBX_ERROR_TIMEOUT: the guest, or the whole run, took too long
 * @GBX_ERROR_PROTOCOL: the guest broke the protocol
 * @GBX_ERROR_GUEST: the guest failed to set itself up, or died
 * @GBX_ERROR_HOME: a kept home is in use, damaged, or larger than allowed
 *
 * The errors of the library.  Cancelling gives %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  GBX_ERROR_INVALID,
  GBX_ERROR_SHARE,
  GBX_ERROR_NOT_FOUND,
  GBX_ERROR_NAME_IN_USE,
  GBX_ERROR_HYPERVISOR,
  GBX_ERROR_ACCELERATOR,
  GBX_ERROR_ISOLATION,
  GBX_ERROR_KERNEL,
  GBX_ERROR_MODULE,
  GBX_ERROR_DISPLAY,
  GBX_ERROR_MEMORY,
  GBX_ERROR_STORAGE,
  GBX_ERROR_NETWORK,
  GBX_ERROR_TIMEOUT,
  GBX_ERROR_PROTOCOL,
  GBX_ERROR_GUEST,
  GBX_ERROR_HOME,
} GbxError;

GQuark gbx_error_quark (void);

G_END_DECLS
