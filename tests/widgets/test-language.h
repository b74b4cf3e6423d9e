/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <gtk/gtk.h>
#include <locale.h>

/* With GLOVEBOX_TEST_LANGUAGE, a file that pseudo.py has made: what the test shows is in that
 * language, from right to left.  Returns whether it is. */
static inline gboolean
use_test_language (void)
{
  const char *file = g_getenv ("GLOVEBOX_TEST_LANGUAGE");
  g_autofree char *root = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GFile) place = NULL;

  if (!file)
    return FALSE;
  root = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  folder = g_build_filename (root, "he", "LC_MESSAGES", NULL);
  link = g_build_filename (folder, GETTEXT_PACKAGE ".mo", NULL);
  place = g_file_new_for_path (link);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_make_symbolic_link (place, file, NULL, NULL));
  g_assert_nonnull (setlocale (LC_ALL, ""));
  bindtextdomain (GETTEXT_PACKAGE, root);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  /* It is read now. */
  g_assert_cmpstr (_ ("Copy"), !=, "Copy");
  g_unlink (link);
  g_rmdir (folder);
  *strrchr (folder, '/') = '\0';
  g_rmdir (folder);
  g_rmdir (root);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  return TRUE;
}
