/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-service-show.h"

#include "gbx-service-store.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATUS_NOT_RUNNING 3
#define STATUS_LINES 10
/* Nothing tells of a new line. */
#define LOOK_MS 200

/* ----------------------------------------------------------------- JSON -- */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  /* Null where there is none. */
  json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
add_texts (JsonBuilder *builder, const char *name, const char *const *texts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; texts && texts[i]; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}

static void
add_service (JsonBuilder *builder, GbxService *service, gboolean whole)
{
  g_autofree char *published = gbx_service_dup_setting (service, "network.publish");
  g_autofree char *folder = gbx_service_dup_folder (service);
  g_auto (GStrv) remarks = whole ? gbx_service_list_remarks (service, NULL) : NULL;

  json_builder_begin_object (builder);
  add_text (builder, "name", gbx_service_get_name (service));
  add_text (builder, "unit", gbx_service_get_unit (service));
  add_text (builder, "state", gbx_service_get_state_name (service));
  add_number (builder, "since", gbx_service_get_since (service));
  add_number (builder, "pid", gbx_service_get_pid (service));
  add_number (builder, "restarts", gbx_service_get_restarts (service));
  add_text (builder, "problem", gbx_service_get_problem (service));
  add_text (builder, "notice", gbx_service_get_notice (service));
  add_text (builder, "status", gbx_service_get_status_text (service));
  add_text (builder, "published", published);
  add_text (builder, "folder", folder);
  add_texts (builder, "packages", gbx_service_get_packages (service));
  if (whole)
    add_texts (builder, "remarks", (const char *const *) remarks);
  json_builder_end_object (builder);
}

static void
print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  g_print ("%s\n", text);
}

/* ----------------------------------------------------------------- text -- */

static const char *
state_text (GbxServiceState state)
{
  static const char *const texts[] = { N_ ("stopped"), N_ ("starting"), N_ ("running"),
                                       N_ ("stopping"), N_ ("failed") };

  return _ (texts[state]);
}

static void
print_list (GPtrArray *list)
{
  if (list->len > 0)
    g_print ("%-20s %-10s %-28s %s\n", _ ("NAME"), _ ("STATE"), _ ("UNIT"), _ ("PUBLISHED"));
  for (guint i = 0; i < list->len; i++)
    {
      GbxService *service = list->pdata[i];
      g_autofree char *published = gbx_service_dup_setting (service, "network.publish");

      g_print ("%-20s %-10s %-28s %s\n", gbx_service_get_name (service),
               state_text (gbx_service_get_state (service)), gbx_service_get_unit (service),
               published ? published : "-");
    }
}

gboolean
gbx_service_show_list (gboolean json, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_service_list (error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!list)
    return FALSE;
  if (!json)
    {
      print_list (list);
      return TRUE;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "services");
  json_builder_begin_array (builder);
  for (guint i = 0; i < list->len; i++)
    add_service (builder, list->pdata[i], FALSE);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  print_json (builder);
  return TRUE;
}

/* --------------------------------------------------------------- status -- */

static void
print_line (const char *label, const char *text)
{
  if (text && *text)
    g_print ("%12s: %s\n", label, text);
}

static char *
describe_state (GbxService *service)
{
  g_autoptr (GDateTime) since = g_date_time_new_from_unix_local (gbx_service_get_since (service));
  g_autofree char *time = since ? g_date_time_format (since, "%c") : NULL;
  const char *state = state_text (gbx_service_get_state (service));

  return gbx_service_get_since (service) > 0
             ? g_strdup_printf (_ ("%s since %s"), state, time ? time : "?")
             : g_strdup (state);
}

static void
print_status (GbxService *service)
{
  g_autofree char *description = gbx_service_dup_description (service);
  g_autofree char *state = describe_state (service);
  g_autofree char *published = gbx_service_dup_setting (service, "network.publish");
  g_autofree char *folder = gbx_service_dup_folder (service);
  g_autofree char *packages = g_strjoinv (", ", (char **) gbx_service_get_packages (service));
  g_autofree char *log = gbx_service_dup_log (service, STATUS_LINES);
  g_autofree char *pid = g_strdup_printf ("%d", gbx_service_get_pid (service));
  g_autofree char *restarts = g_strdup_printf ("%u", gbx_service_get_restarts (service));
  g_auto (GStrv) remarks = gbx_service_list_remarks (service, NULL);

  g_print ("%s – %s\n", gbx_service_get_name (service), description);
  print_line (_ ("Unit"), gbx_service_get_unit (service));
  print_line (_ ("State"), state);
  print_line (_ ("Problem"), gbx_service_get_problem (service));
  print_line (_ ("Warning"), gbx_service_get_notice (service));
  print_line (_ ("Status"), gbx_service_get_status_text (service));
  if (gbx_service_get_pid (service) != 0)
    print_line (_ ("Process"), pid);
  if (gbx_service_get_restarts (service) > 0)
    print_line (_ ("Restarts"), restarts);
  print_line (_ ("Published"), published);
  print_line (_ ("Packages"), packages);
  print_line (_ ("Files"), folder);
  for (guint i = 0; remarks && remarks[i]; i++)
    print_line (_ ("Remark"), remarks[i]);
  if (*log)
    g_print ("\n%s", log);
}

gboolean
gbx_service_show_status (const char *name, gboolean json, int *status, GError **error)
{
  g_autoptr (GbxService) service = gbx_service_open (name, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!service)
    return FALSE;
  if (json)
    {
      add_service (builder, service, TRUE);
      print_json (builder);
    }
  else
    print_status (service);
  if (gbx_service_get_state (service) != GBX_SERVICE_RUNNING)
    *status = STATUS_NOT_RUNNING;
  return TRUE;
}

/* ------------------------------------------------------------------ log -- */

static gboolean
is_replaced (int fd, const char *path)
{
  struct stat a, b;

  return stat (path, &a) == 0 && fstat (fd, &b) == 0 && a.st_ino != b.st_ino;
}

static void
print_rest (int fd)
{
  char buffer[16384];
  ssize_t n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    if (write (STDOUT_FILENO, buffer, (size_t) n) < 0)
      return;
}

/* When the log begins anew, the rest of the former file comes first. */
static void
follow_log (const char *path, off_t from, GCancellable *cancellable)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd >= 0)
    lseek (fd, from, SEEK_SET);
  while (!g_cancellable_is_cancelled (cancellable))
    {
      if (fd >= 0)
        print_rest (fd);
      if (fd >= 0 && is_replaced (fd, path))
        {
          print_rest (fd);
          close (fd);
          fd = -1;
        }
      if (fd < 0)
        fd = open (path, O_RDONLY | O_CLOEXEC);
      g_usleep (LOOK_MS * 1000);
    }
  if (fd >= 0)
    close (fd);
}

gboolean
gbx_service_show_log (const char *name, guint n_lines, gboolean follow, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GbxService) service = gbx_service_open (name, error);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  struct stat st = { 0 };

  if (!service)
    return FALSE;
  path = gbx_service_store_get_file (name, "log");
  if (stat (path, &st) != 0)
    st.st_size = 0;
  text = gbx_service_dup_log (service, n_lines);
  g_print ("%s", text);
  fflush (stdout);
  if (follow)
    follow_log (path, st.st_size, cancellable);
  return TRUE;
}
