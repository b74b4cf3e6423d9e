/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-input"

#include "config.h"

#include "gbx-input-channel.h"

#include <glib/gi18n-lib.h>

/* A guest that hangs loses records: three keymaps wait, or thousands of other records. */
#define WAITING_MAX (4 * GBX_INPUT_RECORD_MAX)
/* A pointer that changes between shown and hidden while the main loop is busy. */
#define BEHIND_MAX 64

struct _GbxInputChannel
{
  GbxChannel *channel; /* (nullable): NULL once the guest has closed or refused it */
  GByteArray *waiting;
  GCancellable *compiling; /* of the latest keyboard; (nullable) */
};

/* -------------------------------------------------------------- sending -- */

static void
flush (GbxInputChannel *self)
{
  while (self->channel && self->waiting->len > 0)
    {
      guint n = MIN (self->waiting->len, GBX_DATA_MAX);

      /* Less than the credit goes as well: the guest joins the pieces. */
      while (n > 0 && !gbx_channel_send (self->channel, self->waiting->data, n))
        n /= 2;
      if (n == 0)
        return;
      g_byte_array_remove_range (self->waiting, 0, n);
    }
}

static void
on_ready (GbxChannel *channel, gpointer user_data)
{
  flush (user_data);
}

static void
on_closed (GbxChannel *channel, gpointer user_data)
{
  ((GbxInputChannel *) user_data)->channel = NULL;
}

static void
on_refused (GbxChannel *channel, const char *reason, gpointer user_data)
{
  g_debug ("the guest takes no input: %s", reason);
  on_closed (channel, user_data);
}

static const GbxChannelHandler handler = {
  .opened = on_ready,
  .refused = on_refused,
  .writable = on_ready,
  .closed = on_closed,
};

void
gbx_input_channel_send (GbxInputChannel *self, const GbxInputRecord *record)
{
  g_autofree guint8 *buffer = g_malloc (GBX_INPUT_RECORD_MAX);
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, GBX_INPUT_RECORD_MAX);
  gbx_input_record_encode (record, &writer);
  if (writer.failed || !self->channel || self->waiting->len + writer.length > WAITING_MAX)
    return;
  g_byte_array_append (self->waiting, buffer, writer.length);
  flush (self);
}

/* ------------------------------------------------------------- keyboard -- */

static void
compile_thread (GTask *task, gpointer source, gpointer keyboard, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *keymap = gbx_keyboard_compile (keyboard, &error);

  if (keymap)
    g_task_return_pointer (task, keymap, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
compile_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxInputRecord record = { .kind = GBX_INPUT_KEYMAP };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) keymap = g_task_propagate_pointer (G_TASK (result), &error);

  /* With "cancelled" the channel may be gone. */
  if (!keymap)
    {
      g_debug ("the guest keeps its keyboard layout: %s", error->message);
      return;
    }
  record.keymap = g_bytes_get_data (keymap, &record.keymap_length);
  gbx_input_channel_send (user_data, &record);
}

static void
cancel_compiling (GbxInputChannel *self)
{
  if (self->compiling)
    g_cancellable_cancel (self->compiling);
  g_clear_object (&self->compiling);
}

void
gbx_input_channel_set_keyboard (GbxInputChannel *self, const GbxKeyboard *keyboard)
{
  g_autoptr (GTask) task = NULL;

  cancel_compiling (self);
  self->compiling = g_cancellable_new ();
  task = g_task_new (NULL, self->compiling, compile_cb, self);
  g_task_set_task_data (task, gbx_keyboard_copy (keyboard), (GDestroyNotify) gbx_keyboard_free);
  g_task_run_in_thread (task, compile_thread);
}

GbxInputChannel *
gbx_input_channel_new (GbxConsole *console)
{
  GbxInputChannel *self = g_new0 (GbxInputChannel, 1);

  self->waiting = g_byte_array_new ();
  self->channel = gbx_console_open_channel (console, GBX_PROCESS_GUEST, GBX_INPUT_CHANNEL, 0,
                                            &handler, self);
  return self;
}

void
gbx_input_channel_free (GbxInputChannel *self)
{
  cancel_compiling (self);
  if (self->channel)
    gbx_channel_close (self->channel);
  g_byte_array_unref (self->waiting);
  g_free (self);
}

/* -------------------------------------------------------------- pointer -- */

typedef struct
{
  GbxPointerFunc func;
  gpointer user_data;
} PointerWatch;

static const char *
on_pointer (GbxChannel *channel, const guint8 *data, gsize length, gpointer user_data)
{
  PointerWatch *watch = user_data;

  for (gsize i = 0; i < length; i++)
    if (data[i] > 1)
      return _ ("malformed report of the pointer");
  gbx_channel_grant (channel, length);
  watch->func (data[length - 1] == 1, watch->user_data);
  return NULL;
}

static void
on_pointer_refused (GbxChannel *channel, const char *reason, gpointer user_data)
{
  g_free (user_data);
}

static void
on_pointer_closed (GbxChannel *channel, gpointer user_data)
{
  g_free (user_data);
}

static const GbxChannelHandler pointer_handler = {
  .refused = on_pointer_refused,
  .data = on_pointer,
  .closed = on_pointer_closed,
};

void
gbx_pointer_watch (GbxConsole *console, GbxPointerFunc func, gpointer user_data)
{
  PointerWatch *watch = g_new (PointerWatch, 1);

  watch->func = func;
  watch->user_data = user_data;
  if (!gbx_console_open_channel (console, GBX_PROCESS_GUEST, GBX_POINTER_CHANNEL, BEHIND_MAX,
                                 &pointer_handler, watch))
    g_free (watch);
}
