/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-png.h"

#include "gbx-error.h"

#include <glib/gi18n.h>

static void
save_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  GdkPixbuf *pixbuf = source;
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length = 0;

  if (gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", &error, NULL)
      && g_file_set_contents_full (path, data, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0666,
                                   &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_STORAGE,
                             _ ("The screenshot could not be written to “%s”: %s. Choose another "
                                "place."),
                             (const char *)path, error->message);
}

void
gbx_png_save_async (GdkPixbuf *pixbuf, const char *path, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (pixbuf, cancellable, callback, user_data);

  g_task_set_source_tag (task, gbx_png_save_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, save_thread);
}

gboolean
gbx_png_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
