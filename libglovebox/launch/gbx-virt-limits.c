/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-virt"

#include "config.h"

#include "gbx-virt-limits.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <libvirt/virterror.h>

/* The first disk of our machines; there is no other. */
#define DISK "vda"

static gboolean
check (int result, GError **error)
{
  if (result >= 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
               _ ("libvirt could not change the limit: %s"), virGetLastErrorMessage ());
  return FALSE;
}

static int
add (virTypedParameterPtr *list, int *n, int *size, const char *name, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_UINT32:
      return virTypedParamsAddUInt (list, n, size, name, g_variant_get_uint32 (value));
    case G_VARIANT_CLASS_INT64:
      return virTypedParamsAddLLong (list, n, size, name, g_variant_get_int64 (value));
    case G_VARIANT_CLASS_STRING:
      return virTypedParamsAddString (list, n, size, name, g_variant_get_string (value, NULL));
    default:
      return virTypedParamsAddULLong (list, n, size, name, g_variant_get_uint64 (value));
    }
}

static int
apply (virDomainPtr domain, GbxVirtLimits kind, virTypedParameterPtr list, int n)
{
  switch (kind)
    {
    case GBX_VIRT_SCHEDULER:
      return virDomainSetSchedulerParametersFlags (domain, list, n, VIR_DOMAIN_AFFECT_LIVE);
    case GBX_VIRT_MEMORY:
      return virDomainSetMemoryParameters (domain, list, n, VIR_DOMAIN_AFFECT_LIVE);
    case GBX_VIRT_DISKS:
      return virDomainSetBlkioParameters (domain, list, n, VIR_DOMAIN_AFFECT_LIVE);
    case GBX_VIRT_DISK:
    default:
      return virDomainSetBlockIoTune (domain, DISK, list, n, VIR_DOMAIN_AFFECT_LIVE);
    }
}

gboolean
gbx_virt_limits_change (virDomainPtr domain, GbxVirtLimits kind, const char *name, GVariant *value,
                        GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  virTypedParameterPtr list = NULL;
  int n = 0, size = 0, result;

  result = add (&list, &n, &size, name, owned);
  if (result >= 0)
    result = apply (domain, kind, list, n);
  virTypedParamsFree (list, n);
  return check (result, error);
}

/* Where QEMU emulates all processors in one thread, libvirt has no group for each. */
static gboolean
pin_processors (virDomainPtr domain, unsigned char *map, int length, GError **error)
{
  int n = virDomainGetVcpusFlags (domain, VIR_DOMAIN_AFFECT_LIVE);
  int result = n;

  for (int i = 0; i < n && result >= 0; i++)
    result = virDomainPinVcpuFlags (domain, (guint) i, map, length, VIR_DOMAIN_AFFECT_LIVE);
  return (n > 0 && virGetLastErrorCode () == VIR_ERR_OPERATION_INVALID) || check (result, error);
}

/* Those of disks. */
static gboolean
pin_threads (virDomainPtr domain, unsigned char *map, int length, GError **error)
{
  virDomainIOThreadInfoPtr *all = NULL;
  int n = virDomainGetIOThreadInfo (domain, &all, VIR_DOMAIN_AFFECT_LIVE), result = n;

  for (int i = 0; i < n; i++)
    {
      if (result >= 0)
        result = virDomainPinIOThread (domain, all[i]->iothread_id, map, length,
                                       VIR_DOMAIN_AFFECT_LIVE);
      virDomainIOThreadInfoFree (all[i]);
    }
  free (all);
  return check (result, error);
}

gboolean
gbx_virt_limits_pin (virDomainPtr domain, GArray *processors, GError **error)
{
  guint last = g_array_index (processors, guint, processors->len - 1);
  gsize length = VIR_CPU_MAPLEN (last + 1);
  g_autofree unsigned char *map = g_malloc0 (length);

  for (guint i = 0; i < processors->len; i++)
    VIR_USE_CPU (map, g_array_index (processors, guint, i));
  return check (virDomainPinEmulator (domain, map, (int) length, VIR_DOMAIN_AFFECT_LIVE), error) &&
         pin_processors (domain, map, (int) length, error) &&
         pin_threads (domain, map, (int) length, error);
}
