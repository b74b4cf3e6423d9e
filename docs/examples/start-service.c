/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a system service of the host in a sandbox; it is created if there is none of that name.
 *
 *   start-service NAME UNIT [SETTING=VALUE…]
 *   start-service web apache2.service network.publish=127.0.0.1:8080:80 backend.kind=lxc */
#include <libglovebox.h>
#include <locale.h>

typedef struct
{
  GMainLoop *loop;
  int status;
} Start;

static void
tell (GbxService *service)
{
  g_autofree char *ports = gbx_service_dup_setting (service, "network.publish");

  g_print ("%s: %s, published: %s\n", gbx_service_get_name (service),
           gbx_service_get_state_name (service), ports ? ports : "nothing");
}

/* Takes the service, if any. */
static void
finish (Start *self, GbxService *service, const GError *error)
{
  if (error)
    g_printerr ("%s\n", error->message);
  self->status = error ? 1 : 0;
  g_clear_object (&service);
  g_main_loop_quit (self->loop);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxService *service = GBX_SERVICE (source);
  g_autoptr (GError) error = NULL;

  if (gbx_service_start_finish (service, result, &error) && gbx_service_refresh (service, &error))
    tell (service);
  finish (user_data, service, error);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GbxService *service = gbx_service_create_finish (result, &error);
  const char *const *told = service ? gbx_service_get_told (service) : NULL;

  /* What the sandbox cannot honour of the unit. */
  for (guint i = 0; told && told[i]; i++)
    g_printerr ("note: %s\n", told[i]);
  if (service)
    gbx_service_start_async (service, NULL, started_cb, user_data);
  else
    finish (user_data, NULL, error);
}

static GVariant *
read_settings (char **arguments)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; arguments[i]; i++)
    {
      g_auto (GStrv) parts = g_strsplit (arguments[i], "=", 2);

      g_variant_builder_add (&builder, "{ss}", parts[0], parts[1] ? parts[1] : "");
    }
  return g_variant_builder_end (&builder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Start start = { .loop = loop };
  GbxService *service;

  setlocale (LC_ALL, "");
  if (argc < 3)
    {
      g_printerr ("Usage: start-service NAME UNIT [SETTING=VALUE…]\n");
      return 2;
    }
  service = gbx_service_open (argv[1], NULL);
  if (service)
    gbx_service_start_async (service, NULL, started_cb, &start);
  else
    gbx_service_create_async (argv[1], argv[2], FALSE, read_settings (argv + 3), NULL, created_cb,
                              &start);
  g_main_loop_run (loop);
  return start.status;
}
