/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-backend.h"

#include "gbx-error.h"

#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

struct _FakeBackend
{
  GbxBackend parent_instance;

  GMutex mutex;
  GCond changed;
  GQueue plans[FAKE_N_STEPS]; /* of FakeOutcome */
  guint counts[FAKE_N_STEPS];
  guint hanging[FAKE_N_STEPS];
  guint interrupts;
  gboolean released, was_powered_off, is_confirmed, is_paused;
  char *condition;
  char *change;

  guint fall_backs;
  gboolean refuses;
  GPtrArray *weaknesses; /* NULL-terminated */
  GbxUsage usage;
  guint measurements;
  char *trouble, *remark;
  guint patience[3];
  int guest; /* its end of the console, or -1 */
  guint consoles;
};

G_DEFINE_FINAL_TYPE (FakeBackend, fake_backend, GBX_TYPE_BACKEND)

static const char *const step_names[] = { "prepare", "start", "console", "display", "pause", "end" };

/* --------------------------------------------------------------- steps -- */

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  FakeBackend *self = user_data;

  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static void
hang (FakeBackend *self, FakeStep step, FakeOutcome outcome, GCancellable *cancellable)
{
  guint interrupts = self->interrupts;

  self->hanging[step]++;
  g_cond_broadcast (&self->changed);
  while (!self->released &&
         (outcome == FAKE_STUCK || (interrupts == self->interrupts &&
                                    !(step == FAKE_PREPARE &&
                                      g_cancellable_is_cancelled (cancellable)))))
    g_cond_wait (&self->changed, &self->mutex);
  self->hanging[step]--;
}

static gboolean
make_step (GbxBackend *backend, FakeStep step, GCancellable *cancellable, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);
  FakeOutcome outcome;
  gulong handler = 0;

  if (cancellable)
    handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), self);
  g_mutex_lock (&self->mutex);
  self->counts[step]++;
  outcome = GPOINTER_TO_UINT (g_queue_pop_head (&self->plans[step]));
  if (outcome == FAKE_HANG || outcome == FAKE_STUCK)
    hang (self, step, outcome, cancellable);
  g_mutex_unlock (&self->mutex);
  if (cancellable)
    g_signal_handler_disconnect (cancellable, handler);
  if (outcome == FAKE_SUCCEED || outcome == FAKE_STUCK)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, "%s failed", step_names[step]);
  return FALSE;
}

static gboolean
prepare (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  return make_step (backend, FAKE_PREPARE, cancellable, error);
}

static gboolean
start (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  return make_step (backend, FAKE_START, cancellable, error);
}

static int
accept_console (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);
  int ends[2];

  if (!make_step (backend, FAKE_CONSOLE, cancellable, error))
    return -1;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_assert_true (g_unix_set_fd_nonblocking (ends[0], TRUE, NULL));
  g_mutex_lock (&self->mutex);
  if (self->guest >= 0)
    close (self->guest);
  self->guest = ends[1];
  self->consoles++;
  g_mutex_unlock (&self->mutex);
  return ends[0];
}

static gboolean
set_paused (GbxBackend *backend, gboolean paused, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  if (!make_step (backend, FAKE_PAUSE, NULL, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->is_paused = paused;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static int
open_display (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  return make_step (backend, FAKE_DISPLAY, cancellable, error) ? dup (STDIN_FILENO) : -1;
}

static gboolean
end (GbxBackend *backend, gboolean powered_off, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  self->was_powered_off = powered_off;
  return make_step (backend, FAKE_END, NULL, error);
}

static char *
describe (GbxBackend *backend, GError **error)
{
  return g_strdup ("a fake");
}

/* -------------------------------------------------------------- beside -- */

static void
interrupt (GbxBackend *backend)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  g_mutex_lock (&self->mutex);
  self->interrupts++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

static gboolean
measure (GbxBackend *backend, GbxUsage *usage, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  g_mutex_lock (&self->mutex);
  self->measurements++;
  *usage = self->usage;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static char *
dup_log (GbxBackend *backend)
{
  return g_strdup ("last words");
}

/* What a machine does with most settings stands for those that cannot be changed. */
static gboolean
change (GbxBackend *backend, const GbxSetting *setting, GVariant *value, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);
  g_autofree char *text = gbx_setting_format (setting, value);

  if (!g_str_has_prefix (setting->key, "resources."))
    return GBX_BACKEND_CLASS (fake_backend_parent_class)->change (backend, setting, value, error);
  g_mutex_lock (&self->mutex);
  g_free (self->change);
  self->change = g_strdup_printf ("%s %s", setting->key, text);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static void
publish (GbxBackend *backend, const char *condition)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  g_mutex_lock (&self->mutex);
  g_free (self->condition);
  self->condition = g_strdup (condition);
  g_mutex_unlock (&self->mutex);
}

static void
confirm (GbxBackend *backend)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  g_mutex_lock (&self->mutex);
  self->is_confirmed = TRUE;
  g_mutex_unlock (&self->mutex);
}

/* ---------------------------------------------------------- in between -- */

static const char *
get_name (GbxBackend *backend)
{
  return "claimed";
}

static GbxAccelerator
get_accelerator (GbxBackend *backend)
{
  return GBX_ACCELERATOR_KVM;
}

static const char *const *
get_weaknesses (GbxBackend *backend)
{
  return (const char *const *) FAKE_BACKEND (backend)->weaknesses->pdata;
}

static gboolean
fall_back (GbxBackend *backend, GbxFault fault, const GError *cause, GError **error)
{
  FakeBackend *self = FAKE_BACKEND (backend);

  if (self->refuses)
    g_set_error (error, GBX_ERROR, GBX_ERROR_ACCELERATOR, "refused with fault %d", fault);
  if (self->refuses || self->fall_backs == 0)
    return FALSE;
  self->fall_backs--;
  fake_backend_add_weakness (self, "fallen back");
  return TRUE;
}

static guint
get_patience (GbxBackend *backend, GbxWait wait)
{
  return FAKE_BACKEND (backend)->patience[wait];
}

static GbxGuestRequest *
create_request (GbxBackend *backend, GError **error)
{
  GbxGuestRequest *request = g_new0 (GbxGuestRequest, 1);

  request->config = g_bytes_new_static ("\1\0\1\0\0\0\0", 7);
  request->command = g_bytes_new_static ("\2\0\1\0\0\0x", 7);
  return request;
}

static void
power_off (GbxBackend *backend)
{
}

static char *
describe_trouble (GbxBackend *backend)
{
  return g_strdup (FAKE_BACKEND (backend)->trouble);
}

static char *
dup_remark (GbxBackend *backend)
{
  return g_strdup (FAKE_BACKEND (backend)->remark);
}

/* -------------------------------------------------------------- object -- */

static void
fake_backend_finalize (GObject *object)
{
  FakeBackend *self = FAKE_BACKEND (object);

  if (self->guest >= 0)
    close (self->guest);
  for (guint i = 0; i < FAKE_N_STEPS; i++)
    g_queue_clear (&self->plans[i]);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_ptr_array_unref (self->weaknesses);
  g_free (self->change);
  g_free (self->condition);
  g_free (self->trouble);
  g_free (self->remark);
  G_OBJECT_CLASS (fake_backend_parent_class)->finalize (object);
}

static void
fake_backend_class_init (FakeBackendClass *klass)
{
  GbxBackendClass *backend_class = GBX_BACKEND_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_backend_finalize;
  backend_class->prepare = prepare;
  backend_class->start = start;
  backend_class->accept_console = accept_console;
  backend_class->end = end;
  backend_class->describe = describe;
  backend_class->interrupt = interrupt;
  backend_class->open_display = open_display;
  backend_class->set_paused = set_paused;
  backend_class->change = change;
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
fake_backend_init (FakeBackend *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  for (guint i = 0; i < FAKE_N_STEPS; i++)
    g_queue_init (&self->plans[i]);
  self->weaknesses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->weaknesses, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (self->patience); i++)
    self->patience[i] = 60000;
  self->guest = -1;
}

FakeBackend *
fake_backend_new (void)
{
  return g_object_new (FAKE_TYPE_BACKEND, NULL);
}

/* ------------------------------------------------------------ the test's -- */

void
fake_backend_plan (FakeBackend *self, FakeStep step, FakeOutcome outcome)
{
  g_queue_push_tail (&self->plans[step], GUINT_TO_POINTER (outcome));
}

static gboolean
hangs_in (FakeBackend *self, FakeStep step)
{
  gboolean hangs;

  g_mutex_lock (&self->mutex);
  hangs = self->hanging[step] > 0;
  g_mutex_unlock (&self->mutex);
  return hangs;
}

static gboolean
on_look (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* The main context goes on: the steps before may need it. */
void
fake_backend_await (FakeBackend *self, FakeStep step)
{
  guint look = g_timeout_add (5, on_look, NULL);

  while (!hangs_in (self, step))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (look);
}

void
fake_backend_release (FakeBackend *self)
{
  g_mutex_lock (&self->mutex);
  self->released = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

guint
fake_backend_count (FakeBackend *self, FakeStep step)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = self->counts[step];
  g_mutex_unlock (&self->mutex);
  return count;
}

void
fake_backend_set_usage (FakeBackend *self, const GbxUsage *usage)
{
  g_mutex_lock (&self->mutex);
  self->usage = *usage;
  g_mutex_unlock (&self->mutex);
}

guint
fake_backend_count_measurements (FakeBackend *self)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = self->measurements;
  g_mutex_unlock (&self->mutex);
  return count;
}

guint
fake_backend_count_interrupts (FakeBackend *self)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = self->interrupts;
  g_mutex_unlock (&self->mutex);
  return count;
}

gboolean
fake_backend_was_powered_off (FakeBackend *self)
{
  return self->was_powered_off;
}

gboolean
fake_backend_is_paused (FakeBackend *self)
{
  gboolean paused;

  g_mutex_lock (&self->mutex);
  paused = self->is_paused;
  g_mutex_unlock (&self->mutex);
  return paused;
}

gboolean
fake_backend_is_confirmed (FakeBackend *self)
{
  gboolean confirmed;

  g_mutex_lock (&self->mutex);
  confirmed = self->is_confirmed;
  g_mutex_unlock (&self->mutex);
  return confirmed;
}

char *
fake_backend_dup_change (FakeBackend *self)
{
  char *text;

  g_mutex_lock (&self->mutex);
  text = g_strdup (self->change ? self->change : "");
  g_mutex_unlock (&self->mutex);
  return text;
}

char *
fake_backend_dup_condition (FakeBackend *self)
{
  char *condition;

  g_mutex_lock (&self->mutex);
  condition = g_strdup (self->condition ? self->condition : "");
  g_mutex_unlock (&self->mutex);
  return condition;
}

void
fake_backend_set_fall_backs (FakeBackend *self, guint times)
{
  self->fall_backs = times;
}

void
fake_backend_refuse_fall_back (FakeBackend *self)
{
  self->refuses = TRUE;
}

void
fake_backend_add_weakness (FakeBackend *self, const char *text)
{
  g_ptr_array_insert (self->weaknesses, self->weaknesses->len - 1, g_strdup (text));
}

void
fake_backend_set_trouble (FakeBackend *self, const char *text)
{
  g_free (self->trouble);
  self->trouble = g_strdup (text);
}

void
fake_backend_set_remark (FakeBackend *self, const char *text)
{
  g_free (self->remark);
  self->remark = g_strdup (text);
}

void
fake_backend_set_patience (FakeBackend *self, GbxWait wait, guint milliseconds)
{
  self->patience[wait] = milliseconds;
}

int
fake_backend_get_guest (FakeBackend *self)
{
  return self->guest;
}

gboolean
fake_backend_has_console (FakeBackend *self, guint number)
{
  gboolean has;

  g_mutex_lock (&self->mutex);
  has = self->consoles == number && self->guest >= 0;
  g_mutex_unlock (&self->mutex);
  return has;
}

void
fake_guest_hang_up (FakeBackend *self)
{
  close (self->guest);
  self->guest = -1;
}
