/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recorder.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE (120 * G_USEC_PER_SEC)

struct _Recorder
{
  char *folder;
};

/* It waits for the file "go", so that a caller who waits for its end is noticed. */
static const char script[]
    = "#!/bin/bash\n"
      "folder=${0%/*}\n"
      "name=${0##*/}\n"
      "out=$(readlink /proc/$$/fd/1)\n"
      "err=$(readlink /proc/$$/fd/2)\n"
      "read -r _ _ _ _ _ session _ </proc/$$/stat\n"
      "[ \"$session\" = $$ ] && session=leader\n"
      "printf '%s\\0' \"$@\" \"$out\" \"$err\" \"$session\" >\"$folder/$name.part\"\n"
      "until [ -e \"$folder/go\" ]; do sleep 0.02; done\n"
      "mv -- \"$folder/$name.part\" \"$folder/$name.called\"\n";

static char *
path_of (Recorder *self, const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);

  return g_build_filename (self->folder, file, NULL);
}

static void
add_program (Recorder *self, const char *name)
{
  g_autofree char *path = path_of (self, name, "");

  g_assert_true (g_file_set_contents (path, script, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
}

Recorder *
recorder_new (void)
{
  Recorder *self = g_new0 (Recorder, 1);

  self->folder = g_dir_make_tmp ("gbx-recorder-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  add_program (self, "glovebox");
  add_program (self, "glovebox-window");
  g_setenv ("GLOVEBOX_PROGRAM_PATH", self->folder, TRUE);
  return self;
}

void
recorder_free (Recorder *self)
{
  static const char *const names[] = { "glovebox", "glovebox-window", "go" };
  static const char *const suffixes[] = { "", ".part", ".called" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint j = 0; j < G_N_ELEMENTS (suffixes); j++)
      {
        g_autofree char *path = path_of (self, names[i], suffixes[j]);

        g_unlink (path);
      }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self);
}

void
recorder_remove_program (Recorder *self, const char *name)
{
  g_autofree char *path = path_of (self, name, "");

  g_assert_cmpint (g_unlink (path), ==, 0);
}

void
recorder_let_go (Recorder *self)
{
  g_autofree char *path = path_of (self, "go", "");

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

gboolean
recorder_was_called (Recorder *self, const char *program)
{
  g_autofree char *path = path_of (self, program, ".called");

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

GPtrArray *
recorder_await (Recorder *self, const char *program)
{
  g_autofree char *path = path_of (self, program, ".called");
  g_autofree char *data = NULL;
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  gsize length;

  recorder_let_go (self);
  while (!g_file_get_contents (path, &data, &length, NULL))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (10000);
    }
  for (gsize at = 0; at < length; at += strlen (data + at) + 1)
    g_ptr_array_add (words, g_strdup (data + at));
  return words;
}
