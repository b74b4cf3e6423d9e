/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the extensions of file managers have in common. */

#include "gbx-file-selection.h"
#include "recorder.h"

#include <string.h>

/* A menu item as each file manager has it. */
#define TEST_TYPE_ITEM (test_item_get_type ())
G_DECLARE_FINAL_TYPE (TestItem, test_item, TEST, ITEM, GObject)

struct _TestItem
{
  GObject parent_instance;
  char *label;
};

G_DEFINE_FINAL_TYPE (TestItem, test_item, G_TYPE_OBJECT)

static void
test_item_finalize (GObject *object)
{
  g_free (TEST_ITEM (object)->label);
  G_OBJECT_CLASS (test_item_parent_class)->finalize (object);
}

static void
test_item_class_init (TestItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_item_finalize;
  g_signal_new ("activate", TEST_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
test_item_init (TestItem *self)
{
}

static gpointer
make_item (const char *name, const char *label, const char *tip, const char *icon)
{
  TestItem *item = g_object_new (TEST_TYPE_ITEM, NULL);

  item->label = g_strdup (label);
  return item;
}

static void
add (GbxFileSelection *selection, const char *name, GFileType type)
{
  g_autoptr (GFile) file
      = strstr (name, "://") ? g_file_new_for_uri (name) : g_file_new_for_path (name);

  gbx_file_selection_add (selection, file, type);
}

static char *
labels_of (GList *items)
{
  GString *text = g_string_new (NULL);

  for (GList *at = items; at; at = at->next)
    g_string_append_printf (text, "%s;", TEST_ITEM (at->data)->label);
  return g_string_free (text, FALSE);
}

static char *
labels_for (const char *name, GFileType type)
{
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();
  g_autolist (GObject) items = NULL;

  add (selection, "/tmp/a", G_FILE_TYPE_REGULAR);
  add (selection, name, type);
  items = gbx_file_selection_make_items (selection, make_item);
  return labels_of (items);
}

static void
test_shown (void)
{
  static const struct
  {
    const char *name;
    GFileType type;
    const char *labels;
  } cases[] = {
    { "/tmp/b", G_FILE_TYPE_REGULAR, "Open in Sandbox;Edit a Copy in Sandbox;" },
    { "/tmp/b", G_FILE_TYPE_UNKNOWN, "Open in Sandbox;Edit a Copy in Sandbox;" },
    { "/tmp/b", G_FILE_TYPE_DIRECTORY, "Open in Sandbox;" },
    { "/tmp/b", G_FILE_TYPE_SPECIAL, "" },
    { "/tmp/b", G_FILE_TYPE_SYMBOLIC_LINK, "" },
    { "/tmp/b", G_FILE_TYPE_MOUNTABLE, "" },
    { "sftp://host/b", G_FILE_TYPE_REGULAR, "Open in Sandbox;" },
    { "trash:///b", G_FILE_TYPE_REGULAR, "Open in Sandbox;" },
    { "computer:///b", G_FILE_TYPE_DIRECTORY, "" },
    { "admin:///b", G_FILE_TYPE_REGULAR, "" },
  };
  g_autoptr (Recorder) recorder = recorder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *labels = labels_for (cases[i].name, cases[i].type);

      g_assert_cmpstr (labels, ==, cases[i].labels);
    }
}

static void
test_not_installed (void)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autofree char *path = g_strdup (g_getenv ("PATH"));
  g_autofree char *labels = NULL;

  recorder_remove_program (recorder, "glovebox");
  g_setenv ("PATH", "/nonexistent", TRUE);
  labels = labels_for ("/tmp/b", G_FILE_TYPE_REGULAR);
  g_setenv ("PATH", path, TRUE);
  g_assert_cmpstr (labels, ==, "");
}

/* The menu is gone when the item is activated, as after a click. */
static void
activate (GbxFileSelection *selection, guint index)
{
  g_autolist (GObject) items = gbx_file_selection_make_items (selection, make_item);
  g_autoptr (GObject) item = g_object_ref (g_list_nth_data (items, index));

  g_signal_emit_by_name (item, "activate");
}

static void
assert_words (GPtrArray *words, const char *const *expected)
{
  guint n = g_strv_length ((char **) expected);

  g_assert_cmpuint (words->len, ==, n + 3);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (words->pdata[i], ==, expected[i]);
  g_assert_cmpstr (words->pdata[n], ==, "/dev/null");
  g_assert_cmpstr (words->pdata[n + 1], ==, "/dev/null");
  g_assert_cmpstr (words->pdata[n + 2], ==, "leader");
}

static void
test_names (void)
{
  static const char *const names[]
      = { "/tmp/-rf", "/tmp/two\nlines", "/tmp/\xff\xfe.png", "/tmp/100% \"a\" 'b' $c `d` \\e",
          "/tmp/ä ö", "trash:///b%20c" };
  static const char *const expected[]
      = { "open", "--", "/tmp/-rf", "/tmp/two\nlines", "/tmp/\xff\xfe.png",
          "/tmp/100% \"a\" 'b' $c `d` \\e", "/tmp/ä ö", "trash:///b%20c", NULL };
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();
  g_autoptr (GPtrArray) words = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add (selection, names[i], G_FILE_TYPE_REGULAR);
  activate (selection, 0);
  words = recorder_await (recorder, "glovebox");
  assert_words (words, expected);
}

static void
test_edit (void)
{
  static const char *const expected[] = { "open", "--edit", "--", "/tmp/a", NULL };
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();
  g_autoptr (GPtrArray) words = NULL;

  add (selection, "/tmp/a", G_FILE_TYPE_REGULAR);
  activate (selection, 1);
  words = recorder_await (recorder, "glovebox");
  assert_words (words, expected);
}

/* The recorder does not end before it is let go: whoever waited for it would wait for ever. */
static void
test_asynchronous (void)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();

  add (selection, "/tmp/a", G_FILE_TYPE_REGULAR);
  activate (selection, 0);
  g_assert_false (recorder_was_called (recorder, "glovebox"));
  g_ptr_array_unref (recorder_await (recorder, "glovebox"));
}

static void
add_many (GbxFileSelection *selection, guint count, guint length)
{
  g_autofree char *filler = g_strnfill (length, 'x');

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("/tmp/%u%s", i, filler);

      add (selection, name, G_FILE_TYPE_REGULAR);
    }
}

static void
test_three_hundred (void)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();
  g_autoptr (GPtrArray) words = NULL;

  add_many (selection, 300, 240);
  activate (selection, 0);
  words = recorder_await (recorder, "glovebox");
  g_assert_cmpuint (words->len, ==, 2 + 300 + 3);
  g_assert_true (g_str_has_prefix (words->pdata[2], "/tmp/0x"));
  g_assert_true (g_str_has_prefix (words->pdata[301], "/tmp/299x"));
}

/* More than the kernel takes for one command: somebody is told. */
static void
test_too_many (void)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();
  g_autoptr (GPtrArray) words = NULL;

  add_many (selection, 4000, 4000);
  activate (selection, 0);
  words = recorder_await (recorder, "glovebox-window");
  g_assert_cmpstr (words->pdata[0], ==, "--failure");
  g_assert_true (g_str_has_prefix (words->pdata[1], "4000 selected files are too many"));
  g_assert_false (recorder_was_called (recorder, "glovebox"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-selection/shown", test_shown);
  g_test_add_func ("/file-selection/not-installed", test_not_installed);
  g_test_add_func ("/file-selection/names", test_names);
  g_test_add_func ("/file-selection/edit", test_edit);
  g_test_add_func ("/file-selection/asynchronous", test_asynchronous);
  g_test_add_func ("/file-selection/three-hundred", test_three_hundred);
  g_test_add_func ("/file-selection/too-many", test_too_many);
  return g_test_run ();
}
