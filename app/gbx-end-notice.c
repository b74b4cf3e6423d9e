/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-end-notice"
#include "config.h"

#include "gbx-end-notice.h"

#include "gbx-end-text.h"

#include <glib/gi18n.h>

#define ID "ended"
#define ACTION "show-window"
#define SERVICE "org.freedesktop.Notifications"
/* Longer texts are in the window. */
#define BODY_MAX 300

struct _GbxEndNotice
{
  GObject parent_instance;

  GtkWindow *window;         /* (unowned) */
  GApplication *application; /* (nullable): while a notification is shown */
  GNotification *pending;    /* (nullable): until there is somebody to show it */
};

G_DEFINE_FINAL_TYPE (GbxEndNotice, gbx_end_notice, G_TYPE_OBJECT)

/* GNOME's own kind of notification starts the application by its name on the bus, which is the
 * window of the applications.  All desktops know the common kind, GNOME too. */
void
gbx_end_notice_settle (void)
{
  g_setenv ("GNOTIFICATION_BACKEND", "freedesktop", TRUE);
}

static void
withdraw (GbxEndNotice *self)
{
  g_clear_object (&self->pending);
  if (self->application)
    g_application_withdraw_notification (self->application, ID);
  g_clear_object (&self->application);
}

static void
on_active (GbxEndNotice *self)
{
  if (gtk_window_is_active (self->window))
    withdraw (self);
}

static void
on_show_window (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present_with_time (window, GDK_CURRENT_TIME);
}

static void
add_action (GbxEndNotice *self)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (ACTION, NULL);

  g_signal_connect_object (action, "activate", G_CALLBACK (on_show_window), self->window, 0);
  g_action_map_add_action (G_ACTION_MAP (self->application), G_ACTION (action));
}

/* What ended it may be the guest's own words: they are no markup, and no more than a few lines. */
static char *
make_body (const GbxEnd *end)
{
  g_autofree char *text = gbx_end_text_body (end);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *start = g_utf8_substring (
      valid, 0, MIN (g_utf8_strlen (valid, -1), BODY_MAX));

  return g_markup_escape_text (start, -1);
}

static GNotification *
make_notification (GbxSandbox *sandbox)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (GBX_APPLICATION_ID);
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;
  GNotification *notification;
  GbxEnd end;

  gbx_end_read (&end, sandbox);
  heading = gbx_end_text_heading (&end);
  body = make_body (&end);
  notification = g_notification_new (heading);
  g_notification_set_body (notification, body);
  g_notification_set_icon (notification, icon);
  g_notification_set_default_action (notification, "app." ACTION);
  g_notification_add_button (notification, _ ("Show"), "app." ACTION);
  return notification;
}

/* Who stopped it, or who looks at the window, knows. */
static gboolean
is_news (GbxEndNotice *self, GbxSandbox *sandbox)
{
  GbxEndReason reason = gbx_sandbox_get_reason (sandbox);

  return (reason == GBX_END_EXITED || reason == GBX_END_FAILED)
         && !gtk_window_is_active (self->window);
}

static void
gbx_end_notice_dispose (GObject *object)
{
  withdraw (GBX_END_NOTICE (object));
  G_OBJECT_CLASS (gbx_end_notice_parent_class)->dispose (object);
}

static void
gbx_end_notice_class_init (GbxEndNoticeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_end_notice_dispose;
}

static void
gbx_end_notice_init (GbxEndNotice *self)
{
}

GbxEndNotice *
gbx_end_notice_new (GtkWindow *window)
{
  GbxEndNotice *self = g_object_new (GBX_TYPE_END_NOTICE, NULL);

  self->window = window;
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_active), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* ------------------------------------------------ whoever shows them -- */

static void
call_bus (GDBusConnection *bus, const char *method, GVariant *parameters,
          GAsyncReadyCallback callback, GbxEndNotice *self)
{
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, callback, g_object_ref (self));
}

/* The user may have come to the window meanwhile. */
static void
send (GbxEndNotice *self)
{
  g_autoptr (GNotification) notification = g_steal_pointer (&self->pending);

  if (notification)
    g_application_send_notification (self->application, ID, notification);
}

static void
start_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxEndNotice) self = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply)
    send (self);
  else
    g_clear_object (&self->pending);
}

/* GIO would print a warning where there is nobody. */
static void
owner_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxEndNotice) self = user_data;
  GDBusConnection *bus = G_DBUS_CONNECTION (source);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (bus, result, NULL);
  gboolean has_owner = FALSE;

  if (reply)
    g_variant_get (reply, "(b)", &has_owner);
  if (has_owner)
    send (self);
  else
    call_bus (bus, "StartServiceByName", g_variant_new ("(su)", SERVICE, 0), start_cb, self);
}

void
gbx_end_notice_show (GbxEndNotice *self, GbxSandbox *sandbox)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (self->window));
  GDBusConnection *bus = application ? g_application_get_dbus_connection (application) : NULL;

  /* Without a bus there is nobody to tell. */
  if (!bus || !is_news (self, sandbox))
    return;
  withdraw (self);
  self->application = g_object_ref (application);
  self->pending = make_notification (sandbox);
  add_action (self);
  call_bus (bus, "NameHasOwner", g_variant_new ("(s)", SERVICE), owner_cb, self);
}
