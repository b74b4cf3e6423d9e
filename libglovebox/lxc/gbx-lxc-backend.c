/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-lxc"

#include "config.h"

#include "gbx-lxc-backend.h"

#include "gbx-container-domain.h"
#include "gbx-lxc-container.h"
#include "gbx-domain-xml.h"
#include "gbx-error.h"
#include "gbx-guest-request.h"
#include "gbx-policy-private.h"
#include "gbx-sweep.h"
#include "gbx-virt-containers.h"
#include "gbx-virt-opening.h"

#include <glib/gi18n-lib.h>

/* A container's init says hello in a tenth of a second; the rest is for a busy computer. */
#define HELLO_SECONDS 30
#define SET_UP_SECONDS 90
/* For the guest to write its last changes; it is extended while the guest still sends
 * heartbeats. */
#define FAREWELL_SECONDS 10

struct _GbxLxcBackend
{
  GbxBackend parent_instance;

  GbxPolicy *policy;
  GbxPreparation *preparation;
  GbxContainerPlan plan;
  GbxContainer *container; /* (nullable): from the end of the preparation to the end of the launch */
  /* Protects container and the runtime folder, which "beside" functions use. */
  GMutex mutex;
  gboolean has_started;
  char *remark;          /* (nullable): for the end */
  GPtrArray *weaknesses; /* (element-type utf8), NULL-terminated */
};

G_DEFINE_FINAL_TYPE (GbxLxcBackend, gbx_lxc_backend, GBX_TYPE_BACKEND)

/* ------------------------------------------------------------- prepare -- */

static void
collect_weaknesses (GbxLxcBackend *self)
{
  g_ptr_array_insert (self->weaknesses, 0,
                      g_strdup (_ ("The sandbox is a container: it shares the kernel of this "
                                   "computer, so a hole in the kernel would let it out.")));
  for (guint i = 0; i < self->plan.plan->unheld->len; i++)
    g_ptr_array_insert (self->weaknesses, self->weaknesses->len - 1,
                        gbx_unheld_describe (self->plan.plan->unheld->pdata[i]));
}

static gboolean
plan (GbxLxcBackend *self, GCancellable *cancellable, GError **error)
{
  self->preparation =
      gbx_preparation_new (self->policy, gbx_backend_get_keyboard (GBX_BACKEND (self)),
                           gbx_backend_get_appearance (GBX_BACKEND (self)));
  if (!gbx_container_plan_make (&self->plan, self->preparation, cancellable, error))
    return FALSE;
  collect_weaknesses (self);
  return TRUE;
}

static gboolean
prepare (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  g_autoptr (GbxVirtOpening) opening = NULL;
  GbxVirt *connection;

  gbx_sweep_before_launch (cancellable);
  opening = gbx_virt_opening_begin (gbx_virt_get_container_uri ());
  if (!plan (self, cancellable, error))
    return FALSE;
  /* What is missing for containers is told before anything is started for one. */
  connection = gbx_virt_opening_end (g_steal_pointer (&opening), cancellable, error);
  if (!connection)
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->container = gbx_container_new (connection, &self->plan);
  g_mutex_unlock (&self->mutex);
  return gbx_preparation_complete (self->preparation, cancellable, error);
}

static char *
describe (GbxBackend *backend, GError **error)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  g_autoptr (GVirConfigDomain) config = NULL;

  if (!plan (self, NULL, error))
    return NULL;
  config = gbx_container_domain_new (&self->plan, error);
  return config ? gbx_domain_print (config) : NULL;
}

/* --------------------------------------------------------------- start -- */

static gboolean
end_first_start (GbxLxcBackend *self, GError **error)
{
  if (!self->has_started)
    {
      self->has_started = TRUE;
      return TRUE;
    }
  return gbx_container_end (self->container, FALSE, error) &&
         gbx_preparation_renew_network (self->preparation, error);
}

/* The root is written in parallel.  If both fail, perhaps because the disk is full, its
 * error is the useful one. */
static gboolean
start (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  g_autoptr (GError) of_container = NULL;
  gboolean started;

  if (!gbx_runtime_write_state (gbx_preparation_get_runtime (self->preparation),
                                gbx_policy_get_title (self->policy), self->plan.plan->uuid,
                                GBX_RUNTIME_CONTAINER, error) ||
      !end_first_start (self, error))
    return FALSE;
  started = gbx_container_start (self->container, &of_container);
  if (!gbx_preparation_join_root (self->preparation, error))
    return FALSE;
  if (!started)
    g_propagate_error (error, g_steal_pointer (&of_container));
  return started;
}

static int
accept_console (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  return gbx_container_take_console (GBX_LXC_BACKEND (backend)->container);
}

static void
confirm (GbxBackend *backend)
{
}

/* -------------------------------------------------------------- beside -- */

/* (nullable) (transfer full): "end" may run meanwhile. */
static GbxContainer *
take_container (GbxBackend *backend)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  GbxContainer *container;

  g_mutex_lock (&self->mutex);
  container = self->container ? gbx_container_ref (self->container) : NULL;
  g_mutex_unlock (&self->mutex);
  return container;
}

static void
interrupt (GbxBackend *backend)
{
  g_autoptr (GbxContainer) container = take_container (backend);

  if (container)
    gbx_container_interrupt (container);
}

static gboolean
set_gone_error (GError **error)
{
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("The container is gone"));
  return FALSE;
}

static gboolean
change_network (GbxLxcBackend *self, const GbxSetting *setting, GVariant *value, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->container
             ? gbx_preparation_change_network (self->preparation, setting->key, value, error)
             : set_gone_error (error);
}

static gboolean
change (GbxBackend *backend, const GbxSetting *setting, GVariant *value, GError **error)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  g_autoptr (GbxContainer) container = take_container (backend);

  if (!container)
    return set_gone_error (error);
  if (!gbx_launch_plan_can_hold (self->plan.plan, setting, error))
    return FALSE;
  return g_str_has_prefix (setting->key, "network.")
             ? change_network (self, setting, value, error)
             : gbx_container_change (container, setting->key, value, error);
}

static gboolean
set_paused (GbxBackend *backend, gboolean paused, GError **error)
{
  g_autoptr (GbxContainer) container = take_container (backend);

  return container ? gbx_container_set_paused (container, paused, error) : set_gone_error (error);
}

static gboolean
measure (GbxBackend *backend, GbxUsage *usage, GError **error)
{
  g_autoptr (GbxContainer) container = take_container (backend);

  if (!container)
    return set_gone_error (error);
  gbx_preparation_measure_network (GBX_LXC_BACKEND (backend)->preparation, usage);
  return gbx_container_measure (container, usage, error);
}

static int
open_display (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxContainer) container = take_container (backend);

  if (container)
    return gbx_container_open_display (container, error);
  set_gone_error (error);
  return -1;
}

/* libvirt's log of a container is only for root. */
static char *
dup_log (GbxBackend *backend)
{
  return NULL;
}

static void
publish (GbxBackend *backend, const char *condition)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  GbxRuntime *runtime;

  g_mutex_lock (&self->mutex);
  runtime = self->container ? gbx_preparation_get_runtime (self->preparation) : NULL;
  if (runtime)
    gbx_runtime_write_condition (runtime, condition);
  g_mutex_unlock (&self->mutex);
}

/* ----------------------------------------------------------------- end -- */

static gboolean
end (GbxBackend *backend, gboolean powered_off, GError **error)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);
  gboolean ended, saved;
  GbxContainer *container;

  if (!self->preparation)
    return TRUE;
  gbx_preparation_join_root (self->preparation, NULL);
  ended = !self->container || gbx_container_end (self->container, powered_off, error);
  g_mutex_lock (&self->mutex);
  container = g_steal_pointer (&self->container);
  g_mutex_unlock (&self->mutex);
  saved = gbx_preparation_finish_files (self->preparation, &self->remark, ended ? error : NULL);
  /* The folder stays if the domain could not be ended, because the next sweep finds the
   * domain in it. */
  gbx_preparation_undo (self->preparation, !ended);
  g_clear_pointer (&container, gbx_container_unref);
  return ended && saved;
}

/* ---------------------------------------------------------- in between -- */

static const char *
get_name (GbxBackend *backend)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);

  return self->preparation ? gbx_preparation_get_plan (self->preparation)->name : NULL;
}

static GbxAccelerator
get_accelerator (GbxBackend *backend)
{
  return GBX_ACCELERATOR_NONE;
}

static const char *const *
get_weaknesses (GbxBackend *backend)
{
  return (const char *const *) GBX_LXC_BACKEND (backend)->weaknesses->pdata;
}

static gboolean
fall_back (GbxBackend *backend, GbxFault fault, const GError *cause, GError **error)
{
  return FALSE;
}

static guint
get_patience (GbxBackend *backend, GbxWait wait)
{
  switch (wait)
    {
    case GBX_WAIT_HELLO:
      return 1000 * HELLO_SECONDS;
    case GBX_WAIT_SET_UP:
      return 1000 * SET_UP_SECONDS;
    default:
      return 1000 * FAREWELL_SECONDS;
    }
}

static GbxGuestRequest *
create_request (GbxBackend *backend, GError **error)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (backend);

  return gbx_guest_request_new (self->plan.plan, gbx_preparation_get_identity (self->preparation),
                                gbx_preparation_get_keyboard (self->preparation),
                                gbx_backend_get_appearance (backend),
                                gbx_backend_get_scale (backend), error);
}

/* The container's first process ends by itself, and all others with it. */
static void
power_off (GbxBackend *backend)
{
}

static char *
describe_trouble (GbxBackend *backend)
{
  return gbx_preparation_describe_trouble (GBX_LXC_BACKEND (backend)->preparation);
}

static char *
dup_remark (GbxBackend *backend)
{
  return g_strdup (GBX_LXC_BACKEND (backend)->remark);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_lxc_backend_finalize (GObject *object)
{
  GbxLxcBackend *self = GBX_LXC_BACKEND (object);

  if (self->preparation)
    gbx_preparation_join_root (self->preparation, NULL);
  /* First end the domain, by closing its connection, because it may write in the folder. */
  g_clear_pointer (&self->container, gbx_container_unref);
  g_clear_pointer (&self->preparation, gbx_preparation_free);
  gbx_container_plan_clear (&self->plan);
  g_mutex_clear (&self->mutex);
  g_free (self->remark);
  g_ptr_array_unref (self->weaknesses);
  gbx_policy_unref (self->policy);
  G_OBJECT_CLASS (gbx_lxc_backend_parent_class)->finalize (object);
}

static void
gbx_lxc_backend_class_init (GbxLxcBackendClass *klass)
{
  GbxBackendClass *backend_class = GBX_BACKEND_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_lxc_backend_finalize;
  backend_class->prepare = prepare;
  backend_class->start = start;
  backend_class->accept_console = accept_console;
  backend_class->end = end;
  backend_class->describe = describe;
  backend_class->interrupt = interrupt;
  backend_class->set_paused = set_paused;
  backend_class->change = change;
  backend_class->open_display = open_display;
  backend_class->measure = measure;
  backend_class->dup_log = dup_log;
  backend_class->publish = publish;
  backend_class->confirm = confirm;
  backend_class->get_name = get_name;
  backend_class->get_accelerator = get_accelerator;
  backend_class->get_weaknesses = get_weaknesses;
  backend_class->fall_back = fall_back;
  backend_class->get_patience = get_patience;
  backend_class->create_request = create_request;
  backend_class->power_off = power_off;
  backend_class->describe_trouble = describe_trouble;
  backend_class->dup_remark = dup_remark;
}

static void
gbx_lxc_backend_init (GbxLxcBackend *self)
{
  g_mutex_init (&self->mutex);
  self->weaknesses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->weaknesses, NULL);
}

GbxBackend *
gbx_lxc_backend_new (GbxPolicy *policy)
{
  GbxLxcBackend *self = g_object_new (GBX_TYPE_LXC_BACKEND, NULL);

  self->policy = gbx_policy_ref (policy);
  return GBX_BACKEND (self);
}
