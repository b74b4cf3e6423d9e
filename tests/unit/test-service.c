/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Services, as far as they need no guest: units, what is told of them, logs and folders. */

#include "config.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-service-events.h"
#include "gbx-service-log.h"
#include "gbx-service-manager.h"
#include "gbx-service-root.h"
#include "gbx-service-store.h"
#include "gbx-service-status.h"
#include "gbx-unit.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static const GbxUnitContext context = { "daemon", "web", "0123456789abcdef0123456789abcdef" };

static GbxUnit *
read_unit (const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  GbxUnitFile *file = gbx_unit_file_new_from_text (name, text, &error);
  GbxUnit *unit;

  g_assert_no_error (error);
  unit = gbx_unit_new (file, &context, &error);
  g_assert_no_error (error);
  return unit;
}

/* The items, with a line's end after each. */
static char *
describe (GbxUnit *unit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gbx_unit_describe (unit, "/nonexistent", &error);
  gsize length;
  const char *data = bytes ? g_bytes_get_data (bytes, &length) : NULL;
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  /* The last item is empty. */
  for (gsize at = 0; at < length; at += strlen (data + at) + 1)
    g_string_append_printf (text, "%s\n", data + at);
  return g_string_free (text, FALSE);
}

static void
assert_has (const char *text, const char *line)
{
  g_autofree char *whole = g_strconcat ("\n", text, NULL);
  g_autofree char *wanted = g_strconcat ("\n", line, "\n", NULL);

  if (!strstr (whole, wanted))
    g_error ("“%s” is not in: %s", line, text);
}

static gboolean
has_remark (GbxUnit *unit, GbxRemarkKind kind, const char *words)
{
  GPtrArray *remarks = gbx_unit_get_remarks (unit);

  for (guint i = 0; i < remarks->len; i++)
    {
      GbxUnitRemark *remark = remarks->pdata[i];

      if (remark->kind == kind && strstr (remark->text, words))
        return TRUE;
    }
  return FALSE;
}

/* ---------------------------------------------------------------- syntax -- */

static void
test_lines (void)
{
  g_autoptr (GbxUnitFile) file = gbx_unit_file_new_from_text (
      "a.service",
      "; a comment\nIgnored=1\n[Unit]\nDescription = A \\\n# in between\n  B\n\n[Service]\n"
      "Environment=A=1\nEnvironment=\nEnvironment=B=2\nEnvironment=C=3\nExecStart=\n",
      NULL);
  g_auto (GStrv) list = gbx_unit_file_list (file, "Service", "Environment");

  g_assert_cmpstr (gbx_unit_file_get (file, "Unit", "Description"), ==, "A    B");
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_cmpstr (list[0], ==, "B=2");
  g_assert_null (gbx_unit_file_get (file, "Service", "ExecStart"));
}

static void
assert_words (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = gbx_unit_split (text, &error);
  g_autofree char *joined = words ? g_strjoinv ("|", words) : NULL;

  g_assert_cmpstr (joined, ==, expected);
  g_assert_true ((error != NULL) == (expected == NULL));
}

static void
test_words (void)
{
  assert_words ("a  b\tc", "a|b|c");
  assert_words ("'a b' \"c 'd'\"", "a b|c 'd'");
  assert_words ("a\\x20b \\141\\u00e9 \\n", "a b|a\303\251|\n");
  assert_words ("a\\q", "a\\q");
  assert_words ("''", "");
  assert_words ("'a", NULL);
  assert_words ("", "");
}

static void
test_times (void)
{
  static const struct
  {
    const char *text;
    gint64 milliseconds; /* -1: malformed */
  } times[] = { { "5", 5000 },          { "2min 200ms", 120200 }, { "1h30m", 5400000 },
                { "infinity", G_MAXINT64 }, { "0.5", 500 },       { "1us", 1 },
                { "0", 0 },             { "1 fortnight", -1 },    { "", -1 },
                { "-1", -1 },           { "1x", -1 } };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      guint64 value = 0;
      gboolean good = gbx_unit_parse_time (times[i].text, &value);

      g_assert_cmpint (good, ==, times[i].milliseconds >= 0);
      if (times[i].milliseconds == G_MAXINT64)
        g_assert_cmpuint (value, ==, G_MAXUINT64);
      else if (good)
        g_assert_cmpuint (value, ==, (guint64) times[i].milliseconds);
    }
}

static void
test_specifiers (void)
{
  const GbxUnitNames names = { .unit = "a-b@c-d\\x2de.service", .unit_path = "/u/a-b@.service",
                               .user = "u", .group = "g", .home = "/h", .shell = "/s",
                               .host_name = "host.domain", .machine_id = "m" };
  static const struct
  {
    const char *text, *expected;
  } texts[] = { { "%n", "a-b@c-d\\x2de.service" }, { "%N", "a-b@c-d\\x2de" }, { "%p", "a-b" },
                { "%P", "a/b" },  { "%i", "c-d\\x2de" }, { "%I", "c/d-e" }, { "%j", "b" },
                { "%f", "/c/d-e" }, { "%u%g%h%s", "ug/h/s" }, { "%H %l", "host.domain host" },
                { "%t %S %C %L %E", "/run /var/lib /var/cache /var/log /etc" },
                { "%Y", "/u" },  { "100%%", "100%" }, { "100%", "100%" }, { "%z", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *value = gbx_unit_expand (texts[i].text, &names, NULL);

      g_assert_cmpstr (value, ==, texts[i].expected);
    }
}

static void
test_environment (void)
{
  g_auto (GStrv) list = gbx_unit_parse_environment ("# a\nA=1 \nB=\"two words\"\n ; b\nC='x\ny'\n"
                                                    "D=a\\\nb\nE=\nnot an assignment\n3=bad\nF=\"a\\$b\\n\"");
  g_autofree char *joined = g_strjoinv ("|", list);

  g_assert_cmpstr (joined, ==, "A=1|B=two words|C=x\ny|D=ab|E=|F=a$b\\n");
}

/* ----------------------------------------------------------------- units -- */

static void
test_unit (void)
{
  g_autoptr (GbxUnit) unit = read_unit (
      "demo@one.service",
      "[Unit]\nDescription=The %i\n[Service]\nType=notify\nUser=bin\nExecStartPre=-/bin/a ; /bin/b 'x y'\n"
      "ExecStart=@/bin/sh me -c \"$A ${B}\" %i\nExecReload=:/bin/kill -HUP $MAINPID\nPIDFile=demo/pid\n"
      "RuntimeDirectory=demo\nRuntimeDirectoryMode=2755\nStateDirectory=demo demo/inner\n"
      "ReadWritePaths=-/var/log/demo /srv\nRestart=on-failure\nRestartSec=2\nTimeoutStopSec=0\n"
      "LimitNOFILE=1024:infinity\nUMask=077\nSuccessExitStatus=3 SIGKILL TEMPFAIL\nKillSignal=SIGQUIT\n"
      "WorkingDirectory=-~\nUnsetEnvironment=LANG\nStandardOutput=append:/var/log/demo/x\nStartLimitBurst=3\n");
  g_autofree char *text = describe (unit);
  guint burst;
  guint64 interval;

  g_assert_true (gbx_unit_check (unit, NULL));
  g_assert_cmpstr (gbx_unit_get_description (unit), ==, "The one");
  g_assert_cmpstr (gbx_unit_get_user (unit), ==, "bin");
  g_assert_true (gbx_unit_can_reload (unit));
  gbx_unit_get_burst (unit, &burst, &interval);
  g_assert_cmpuint (burst, ==, 3);
  g_assert_cmpuint (gbx_unit_get_stop_limit (unit), ==, 0);
  assert_has (text, "type=notify");
  assert_has (text, "command=pre:-:/bin/a\ncommand=pre::/bin/b\narg=x y");
  assert_has (text, "command=start:@:/bin/sh\narg=me\narg=-c\narg=$A ${B}\narg=one");
  assert_has (text, "command=reload:l:/bin/kill\narg=-HUP\narg=$MAINPID");
  assert_has (text, "pid-file=/run/demo/pid");
  assert_has (text, "folder=2755:/run/demo");
  assert_has (text, "folder=0755:/var/lib/demo/inner");
  assert_has (text, "env=STATE_DIRECTORY=/var/lib/demo:/var/lib/demo/inner");
  assert_has (text, "restart-ms=2000");
  assert_has (text, "limit=7:1024:18446744073709551615");
  assert_has (text, "success=s3\nsuccess=k9\nsuccess=s75");
  assert_has (text, "kill-signal=3");
  assert_has (text, "output=append:/var/log/demo/x");
  g_assert_null (strstr (text, "env=LANG="));
  g_assert_true (g_strv_contains (gbx_unit_get_folders (unit), "/var/log/demo"));
  g_assert_false (g_strv_contains (gbx_unit_get_folders (unit), "/srv"));
}

static void
test_remarks (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxUnit) unit = read_unit (
      "a.service", "[Unit]\nRequires=a.socket b.service network.target\n[Service]\nExecStart=+/bin/a\n"
                   "PrivateTmp=yes\nProtectHome=no\nMemoryMax=1G\nNice=-5\nNewThing=1\nPAMName=x\nPAMName=\n"
                   "LoadCredential=a:b\nAmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW\n");

  g_assert_true (has_remark (unit, GBX_REMARK_REPLACED, "PrivateTmp=yes"));
  g_assert_false (has_remark (unit, GBX_REMARK_REPLACED, "ProtectHome"));
  g_assert_true (has_remark (unit, GBX_REMARK_IGNORED, "MemoryMax=1G"));
  g_assert_true (has_remark (unit, GBX_REMARK_IGNORED, "Nice=-5"));
  g_assert_true (has_remark (unit, GBX_REMARK_IGNORED, "NewThing=1"));
  g_assert_true (has_remark (unit, GBX_REMARK_IGNORED, "b.service"));
  g_assert_true (has_remark (unit, GBX_REMARK_IGNORED, "CAP_NET_RAW"));
  g_assert_false (has_remark (unit, GBX_REMARK_IGNORED, "CAP_NET_BIND_SERVICE"));
  g_assert_true (has_remark (unit, GBX_REMARK_IGNORED, "ExecStart"));
  g_assert_true (has_remark (unit, GBX_REMARK_REFUSED, "a.socket"));
  /* It was taken back. */
  g_assert_false (has_remark (unit, GBX_REMARK_REFUSED, "PAMName"));
  g_assert_false (gbx_unit_check (unit, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "LoadCredential=a:b"));
  /* Root is nobody in a sandbox. */
  g_assert_cmpstr (gbx_unit_get_user (unit), ==, "daemon");
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_drop_ins (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *world = g_dir_make_tmp ("gbx-units-XXXXXX", NULL);
  g_autofree char *high = g_build_filename (world, "high", NULL);
  g_autofree char *low = g_build_filename (world, "low", NULL);
  g_autofree char *own = g_build_filename (world, "own", NULL);
  g_autofree char *alias = g_build_filename (low, "alias.service", NULL);
  g_autofree char *search = g_strconcat (high, ":", low, NULL);
  g_autoptr (GbxUnitFile) file = NULL;
  g_auto (GStrv) list = NULL;
  g_autofree char *joined = NULL;

  write_file (low, "a-b@.service", "[Service]\nEnvironment=A=unit\n");
  write_file (low, "a-b@.service.d/10.conf", "[Service]\nEnvironment=B=low\n");
  write_file (high, "a-b@x.service.d/10.conf", "[Service]\nEnvironment=B=high\n");
  write_file (low, "a-.service.d/20.conf", "[Service]\nEnvironment=C=prefix\n");
  write_file (low, "service.d/05.conf", "[Service]\nEnvironment=D=all\n");
  write_file (own, "00.conf", "[Service]\nEnvironment=E=own\n");
  g_assert_cmpint (symlink ("a-b@.service", alias), ==, 0);
  g_setenv ("SYSTEMD_UNIT_PATH", search, TRUE);
  file = gbx_unit_file_find ("a-b@x", own, &error);
  g_assert_no_error (error);
  list = gbx_unit_file_list (file, "Service", "Environment");
  joined = g_strjoinv (" ", list);
  g_assert_cmpstr (joined, ==, "A=unit D=all B=high C=prefix E=own");
  g_assert_null (gbx_unit_file_find ("a-b@", NULL, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (gbx_unit_file_find ("../a", NULL, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
  g_unsetenv ("SYSTEMD_UNIT_PATH");
  gbx_path_remove_tree (world);
}

/* Every installed unit is read without a fault. */
static void
test_all_units (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/lib/systemd/system", 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *unit = g_strdup (name);
      char *at = strstr (unit, "@.");
      g_autofree char *instance = at ? g_strdup_printf ("%.*s@x.service", (int) (at - unit), unit) : NULL;
      GbxUnitFile *file;
      g_autoptr (GbxUnit) read = NULL;

      if (!g_str_has_suffix (name, ".service")
          || !(file = gbx_unit_file_find (instance ? instance : unit, NULL, NULL)))
        continue;
      read = gbx_unit_new (file, &context, NULL);
      n++;
    }
  g_test_message ("%u units", n);
}

/* ---------------------------------------------------------------- guests -- */

static void
on_event (GbxServiceEvent event, const char *text, gpointer user_data)
{
  g_string_append_printf (user_data, "%d:%s;", event, text);
}

static void
test_events (void)
{
  g_autoptr (GString) partial = g_string_new (NULL);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *expected
      = g_strdup_printf ("%d:5;%d:a??b;%d:;", GBX_EVENT_READY, GBX_EVENT_STATUS, GBX_EVENT_STOPPED);
  const char text[] = "ready 5\nunknown\n\nstatus a\033\377b\nstopped\nread";
  g_autofree char *flood = g_strnfill (100000, 'x');

  for (gsize i = 0; i < sizeof text - 1; i++)
    gbx_service_events_take (partial, (const guint8 *) text + i, 1, on_event, seen);
  g_assert_cmpstr (seen->str, ==, expected);
  gbx_service_events_take (partial, (const guint8 *) flood, 100000, on_event, seen);
  g_assert_cmpuint (partial->len, <=, GBX_EVENT_LINE_MAX);
}

static void
check_event (GbxServiceEvent event, const char *text, gpointer user_data)
{
  g_assert_cmpint (event, >, GBX_EVENT_NONE);
  g_assert_cmpint (event, <=, GBX_EVENT_FAILED);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at; at++)
    g_assert_false (g_ascii_iscntrl (*at));
  g_free (gbx_service_event_describe_result (text));
  ++*(guint *) user_data;
}

/* Whatever a guest writes, what is told of it is plain text. */
static void
test_events_random (void)
{
  static const char *const parts[] = { "ready ", "status ", "failed ", "exit-code ", "\n", "\033[", "\377",
                                       "ended ", "\342\200\256", "%s", " ", "restarting " };
  g_autoptr (GString) partial = g_string_new (NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint n = 0;

  for (guint i = 0; i < 200000; i++)
    {
      const char *part = parts[g_rand_int_range (random, 0, G_N_ELEMENTS (parts))];
      guint8 byte = (guint8) g_rand_int_range (random, 0, 256);

      gbx_service_events_take (partial, (const guint8 *) part, strlen (part), check_event, &n);
      gbx_service_events_take (partial, &byte, 1, check_event, &n);
    }
  g_assert_cmpuint (n, >, 100);
}

static void
test_log (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gbx-log-XXXXXX", NULL);
  GbxServiceLog *log = gbx_service_log_open (folder, NULL);
  g_autofree char *flood = g_strnfill (100000, 'x');
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *former = g_build_filename (folder, "log.1", NULL);
  g_autofree char *last = NULL;
  g_autofree char *all = NULL;
  gsize size, former_size;

  for (guint i = 0; i < 30; i++)
    gbx_service_log_take (log, (const guint8 *) flood, 100000);
  gbx_service_log_take (log, (const guint8 *) "\nan \033[31mescape\nend", 19);
  gbx_service_log_close (log);
  last = gbx_service_log_read (folder, 2);
  g_assert_nonnull (strstr (last, "an \\x1b[31mescape\n"));
  g_assert_true (g_str_has_suffix (last, " end\n"));
  g_assert_null (strstr (last, "xxx"));
  g_assert_true (g_file_get_contents (path, &all, &size, NULL));
  g_clear_pointer (&all, g_free);
  g_assert_true (g_file_get_contents (former, &all, &former_size, NULL));
  g_assert_cmpuint (size + former_size, <=, GBX_SERVICE_LOG_MAX + 10000);
  gbx_path_remove_tree (folder);
}

/* ---------------------------------------------------------------- folders -- */

/* A service that makes a link in its folder does not lead the host out of it. */
static void
test_root (void)
{
  g_autofree char *world = g_dir_make_tmp ("gbx-root-XXXXXX", NULL);
  g_autofree char *root = g_build_filename (world, "root", NULL);
  g_autofree char *link = g_build_filename (root, "etc", NULL);
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autofree char *victim = g_build_filename (world, "victim", NULL);
  g_autofree char *written = g_build_filename (victim, "x", NULL);
  g_autofree char *up = g_build_filename ("..", "victim", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("text", 4);
  g_autoptr (GBytes) read = NULL;

  g_assert_cmpint (g_mkdir (root, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (victim, 0700), ==, 0);
  g_assert_cmpint (symlink (victim, link), ==, 0);
  g_assert_false (gbx_service_root_write (root, "/etc/x", bytes, 0600, NULL));
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (symlink (up, link), ==, 0);
  g_assert_false (gbx_service_root_write (root, "/etc/x", bytes, 0600, NULL));
  g_assert_false (gbx_service_root_make_folder (root, "/etc/x", 0755, NULL));
  g_assert_false (g_file_test (written, G_FILE_TEST_EXISTS));
  g_assert_cmpint (symlink ("/etc/passwd", file), ==, 0);
  g_assert_null (gbx_service_root_read (root, "/file", 1000));
  g_assert_true (gbx_service_root_write (root, "/file", bytes, 0600, NULL));
  read = gbx_service_root_read (root, "/file", 1000);
  g_assert_true (g_bytes_equal (read, bytes));
  g_assert_null (gbx_service_root_read (root, "/file", 3));
  gbx_path_remove_tree (world);
}

/* What a killed process has left is a service that has failed. */
static void
test_status (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gbx-state-XXXXXX", NULL);
  g_autoptr (GbxServiceStatus) status = gbx_service_status_new ();
  g_autoptr (GbxServiceStatus) running = NULL;
  g_autoptr (GbxServiceStatus) next = NULL;
  g_autoptr (GbxServiceStatus) dead = NULL;
  int lock = gbx_service_store_lock (folder, "x", NULL);

  g_assert_cmpint (lock, >=, 0);
  g_assert_cmpint (gbx_service_store_lock (folder, "x", NULL), ==, -1);
  status->state = GBX_SERVICE_RUNNING;
  status->pid = getpid ();
  g_assert_true (gbx_service_status_write (status, folder, NULL));
  running = gbx_service_status_read (folder);
  g_assert_cmpint (running->state, ==, GBX_SERVICE_RUNNING);
  /* The next one has the lock, and what a killed one has written is still there. */
  status->pid = INT_MAX;
  g_assert_true (gbx_service_status_write (status, folder, NULL));
  next = gbx_service_status_read (folder);
  g_assert_cmpint (next->state, ==, GBX_SERVICE_STARTING);
  close (lock);
  dead = gbx_service_status_read (folder);
  g_assert_cmpint (dead->state, ==, GBX_SERVICE_FAILED);
  g_assert_cmpint (dead->pid, ==, 0);
  g_assert_nonnull (dead->problem);
  gbx_path_remove_tree (folder);
}

/* systemd itself has no complaint about the unit that is made for it. */
static void
test_own_unit (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gbx-unit-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "glovebox-x.service", NULL);
  g_autofree char *analyze = gbx_path_command ("systemd-analyze");
  g_autofree char *text = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *out = NULL;

  g_setenv ("GLOVEBOX_PROGRAM_PATH", "/a b/\"c\":/d%e", TRUE);
  text = gbx_service_manager_compose_unit ("x", "100%\nof\\ \"it\"", "/bin/true", 90000);
  g_unsetenv ("GLOVEBOX_PROGRAM_PATH");
  g_assert_nonnull (strstr (text, "Description=100%% of\\ \"it\" (Glovebox service x)\n"));
  g_assert_nonnull (strstr (text, "Environment=\"GLOVEBOX_PROGRAM_PATH=/a b/\\\"c\\\":/d%%e\"\n"));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  if (analyze)
    {
      process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                                  NULL, analyze, "--user", "--man=no", "verify", path, NULL);
      g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, NULL));
      /* It may have no rights to look at others, which is no fault of this one. */
      if (strstr (out, "glovebox-x.service"))
        g_error ("%s", out);
    }
  else
    g_test_message ("systemd-analyze is not installed");
  gbx_path_remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/lines", test_lines);
  g_test_add_func ("/service/words", test_words);
  g_test_add_func ("/service/times", test_times);
  g_test_add_func ("/service/specifiers", test_specifiers);
  g_test_add_func ("/service/environment", test_environment);
  g_test_add_func ("/service/unit", test_unit);
  g_test_add_func ("/service/remarks", test_remarks);
  g_test_add_func ("/service/drop-ins", test_drop_ins);
  g_test_add_func ("/service/all-units", test_all_units);
  g_test_add_func ("/service/events", test_events);
  g_test_add_func ("/service/events-random", test_events_random);
  g_test_add_func ("/service/log", test_log);
  g_test_add_func ("/service/root", test_root);
  g_test_add_func ("/service/status", test_status);
  g_test_add_func ("/service/own-unit", test_own_unit);
  return g_test_run ();
}
