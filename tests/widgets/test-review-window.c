/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-paths.h"
#include "gbx-review-window.h"

#include <glib/gstdio.h>
#include <handy.h>
#include <string.h>

/* The review of a profile from elsewhere: what is told, what the buttons do, and that nothing is
 * imported that has a fault. */

static char *world;

typedef struct
{
  const char *text;   /* of the file; NULL: there is none */
  const char *page;   /* that is shown then */
  gboolean can_import;
  const char *told[4];
} Case;

static void
append_texts (GtkWidget *widget, gpointer data)
{
  if (!gtk_widget_get_visible (widget))
    return;
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (data, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), append_texts, data);
}

static GtkWidget *
child (GtkWidget *window, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (window, GBX_TYPE_REVIEW_WINDOW, name));
}

static const char *
page_of (GtkWidget *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (child (window, "stack")));
}

static void
await_page (GtkWidget *window, const char *page)
{
  while (g_strcmp0 (page_of (window), page) != 0)
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
open_review (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (world, name, NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  GtkWidget *window;

  if (text)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  window = gbx_review_window_new (NULL, uri);
  gtk_widget_show (window);
  while (g_strcmp0 (page_of (window), "reading") == 0)
    g_main_context_iteration (NULL, TRUE);
  return window;
}

static void
test_cases (void)
{
  static const Case cases[] = {
    { "[Profile]\nVersion=1\nName=Bank\n[Network]\nMode=user\n", "review", TRUE,
      { "Bank\n", "Reaches the Internet. Sees none", "It reaches the Internet" } },
    { "[Profile]\nVersion=1\n[Share x]\nPath=/\n", "review", TRUE,
      { "Risky: It sees everything in /,", "This is the whole computer" } },
    { "[Profile]\nVersion=1\nWhat=1\n[Sound]\nA=1\n", "review", FALSE,
      { "case.profile:3: ", "case.profile:4: ", "It cannot be imported" } },
    { "<Configuration><LogonCommand><Command>calc.exe</Command></LogonCommand></Configuration>",
      "review", TRUE,
      { "Windows Sandbox", "What is not taken over", "not run, and is left out: calc.exe" } },
    { "\x7f" "ELF", "failure", FALSE, { "not a text file" } },
    { NULL, "failure", FALSE, { "No such file" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *one = &cases[i];
      GtkWidget *window = open_review (one->text ? "case.profile" : "missing.profile", one->text);
      g_autoptr (GString) texts = g_string_new (NULL);

      g_assert_cmpstr (page_of (window), ==, one->page);
      g_assert_cmpint (gtk_widget_get_sensitive (child (window, "import_button")), ==,
                       one->can_import);
      append_texts (window, texts);
      for (guint j = 0; j < G_N_ELEMENTS (one->told) && one->told[j]; j++)
        if (!strstr (texts->str, one->told[j]))
          g_error ("case %u does not tell “%s”:\n%s", i, one->told[j], texts->str);
      gtk_widget_destroy (window);
    }
}

static void
test_import (void)
{
  GtkWidget *window = open_review ("office.profile", "[Profile]\nVersion=1\n[Network]\nMode=user\n");
  GtkWidget *import = child (window, "import_button");
  GtkEntry *entry = GTK_ENTRY (child (window, "name_entry"));
  g_autofree char *saved = g_build_filename (world, "config/glovebox/profiles/mine.profile", NULL);

  g_assert_cmpstr (gtk_entry_get_text (entry), ==, "office-2");
  gtk_entry_set_text (entry, "office");
  g_assert_false (gtk_widget_get_sensitive (import));
  g_assert_true (gtk_widget_get_visible (child (window, "name_reason")));
  gtk_widget_activate (GTK_WIDGET (entry));
  gtk_entry_set_text (entry, "No Name");
  g_assert_false (gtk_widget_get_sensitive (import));
  gtk_entry_set_text (entry, "mine");
  g_assert_true (gtk_widget_get_sensitive (import));
  g_assert_false (gtk_widget_get_visible (child (window, "name_reason")));
  g_assert_cmpint (g_access (saved, F_OK), !=, 0);
  gtk_button_clicked (GTK_BUTTON (import));
  await_page (window, "done");
  g_assert_cmpint (g_access (saved, F_OK), ==, 0);
  gtk_widget_destroy (window);
}

/* A window that is closed while it reads or saves leaves nothing that fails later. */
static void
test_closed_early (void)
{
  g_autofree char *uri = g_filename_to_uri ("/usr/share", NULL, NULL);
  GtkWidget *reading = gbx_review_window_new (NULL, uri);
  GtkWidget *saving = open_review ("early.profile", "[Profile]\nVersion=1\n");
  g_autofree char *saved
      = g_build_filename (world, "config/glovebox/profiles/early.profile", NULL);

  gtk_widget_destroy (reading);
  gtk_button_clicked (GTK_BUTTON (child (saving, "import_button")));
  gtk_widget_destroy (saving);
  while (g_access (saved, F_OK) != 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

static void
test_narrow (void)
{
  GtkWidget *window = open_review ("narrow.profile", "[Profile]\nVersion=1\n[Share x]\nPath=/x\n");
  int minimum;

  gtk_widget_get_preferred_width (gtk_bin_get_child (GTK_BIN (window)), &minimum, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  g_autofree char *config = NULL, *etc = NULL, *profiles = NULL;
  int status;

  world = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  config = g_build_filename (world, "config", NULL);
  etc = g_build_filename (world, "etc", NULL);
  profiles = g_build_filename (g_getenv ("GLOVEBOX_TEST_SOURCE"), "data", "profiles", NULL);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", etc, TRUE);
  g_setenv ("GLOVEBOX_PROFILE_PATH", profiles, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  g_test_add_func ("/review/cases", test_cases);
  g_test_add_func ("/review/import", test_import);
  g_test_add_func ("/review/closed-early", test_closed_early);
  g_test_add_func ("/review/narrow", test_narrow);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  g_free (world);
  return status;
}
