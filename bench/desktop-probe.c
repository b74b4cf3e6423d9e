/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-application-grid.h"
#include "gbx-applications-page.h"
#include "gbx-desktop-window.h"
#include "gbx-editor.h"
#include "gbx-style.h"
#include "gbx-user-file.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The application window, measured from inside: a source of high priority notes how long it had to
 * wait.  Prints "usable", and then lines of a name, seconds of the clock, and seconds of the
 * processor: on a busy machine the first tells more of the machine.  With "bare" it is a window
 * without contents, for its memory. */

#define PROBE_MS 4

typedef struct
{
  double clock, processor;
} Times;

static Times last, longest;
static double frame_begin, frame_time;
static guint n_frames;

static double
read_clock (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static Times
read_times (void)
{
  return (Times){ read_clock (CLOCK_MONOTONIC), read_clock (CLOCK_THREAD_CPUTIME_ID) };
}

static gboolean
on_probe (gpointer data)
{
  Times now = read_times ();

  longest.clock = MAX (longest.clock, now.clock - last.clock - PROBE_MS / 1e3);
  longest.processor = MAX (longest.processor, now.processor - last.processor);
  last = now;
  return G_SOURCE_CONTINUE;
}

static void
report (const char *name, Times times)
{
  printf ("%s %.6f %.6f\n", name, times.clock, times.processor);
  fflush (stdout);
}

static void
report_stall (const char *name)
{
  report (name, longest);
  longest = (Times){ 0 };
}

static void
run_for (double seconds)
{
  double end = read_clock (CLOCK_MONOTONIC) + seconds;
  guint waker = g_timeout_add (10, G_SOURCE_FUNC (gtk_true), NULL);

  while (read_clock (CLOCK_MONOTONIC) < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (waker);
}

/* --------------------------------------------------------------- frames -- */

static void
on_before_paint (void)
{
  frame_begin = read_clock (CLOCK_THREAD_CPUTIME_ID);
}

static void
on_after_paint (void)
{
  frame_time = read_clock (CLOCK_THREAD_CPUTIME_ID) - frame_begin;
  n_frames++;
}

static void
await_frame (void)
{
  guint before = n_frames;

  while (n_frames == before)
    g_main_context_iteration (NULL, TRUE);
}

/* --------------------------------------------------------------- search -- */

/* What a key costs: what the entry starts, and the frame after it. */
static void
type_key (GtkEntry *entry, const char *text, gsize n)
{
  g_autofree char *typed = g_strndup (text, n);
  double begin = read_clock (CLOCK_THREAD_CPUTIME_ID), cost;

  gtk_entry_set_text (entry, typed);
  cost = read_clock (CLOCK_THREAD_CPUTIME_ID) - begin;
  await_frame ();
  report ("key", (Times){ cost + frame_time, cost + frame_time });
}

static void
search (GtkEntry *entry)
{
  const char *words[] = { "application 4", "editor", "nothing fits", "x", NULL };

  gtk_widget_grab_focus (GTK_WIDGET (entry));
  for (guint i = 0; words[i]; i++)
    {
      for (gsize n = 1; n <= strlen (words[i]); n++)
        {
          type_key (entry, words[i], n);
          run_for (0.05);
        }
      for (gsize n = strlen (words[i]); n-- > 0;)
        type_key (entry, words[i], n);
    }
  run_for (0.3);
}

/* ---------------------------------------------------------------- window -- */

static void
report_memory (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL)
      && (line = strstr (text, "\nPss:")))
    printf ("memory %ld\n", strtol (line + strlen ("\nPss:"), NULL, 10));
}

static void
measure_bare (void)
{
  GtkWidget *window = hdy_window_new ();
  GtkWidget *header = hdy_header_bar_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 680);
  gtk_container_add (GTK_CONTAINER (window), header);
  gtk_widget_show_all (window);
  puts ("usable");
  fflush (stdout);
  run_for (1);
  report_memory ();
}

static GtkWidget *
find_page (GtkWidget *window)
{
  GtkWidget *pages
      = GTK_WIDGET (gtk_widget_get_template_child (window, GBX_TYPE_DESKTOP_WINDOW, "pages"));

  return gtk_stack_get_child_by_name (GTK_STACK (pages), "applications");
}

static gpointer
part (GtkWidget *page, const char *name)
{
  return gtk_widget_get_template_child (page, GBX_TYPE_APPLICATIONS_PAGE, name);
}

static gboolean
on_drawn (GtkWidget *widget, cairo_t *cr, gboolean *is_drawn)
{
  *is_drawn = TRUE;
  return GDK_EVENT_PROPAGATE;
}

/* The first one of a process, as the user opens it. */
static void
open_editor (void)
{
  g_autoptr (GtkApplication) application
      = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  gboolean is_drawn = FALSE;
  Times begin, now;
  GtkWidget *editor;

  g_application_register (G_APPLICATION (application), NULL, NULL);
  run_for (0.5);
  longest = (Times){ 0 };
  begin = read_times ();
  editor = gbx_editor_new (application, "default");
  g_signal_connect_after (editor, "draw", G_CALLBACK (on_drawn), &is_drawn);
  gtk_window_present (GTK_WINDOW (editor));
  while (!is_drawn)
    g_main_context_iteration (NULL, TRUE);
  now = read_times ();
  report ("editor", (Times){ now.clock - begin.clock, now.processor - begin.processor });
  run_for (1);
  report_stall ("stall-editor");
  gtk_widget_destroy (editor);
}

static void
measure (void)
{
  GtkWidget *window = gbx_desktop_window_new (NULL);
  GtkWidget *page = find_page (window);
  GbxApplicationGrid *grid = part (page, "grid");
  GdkFrameClock *frames;

  gtk_widget_show (window);
  last = read_times ();
  longest = (Times){ 0 };
  g_timeout_add_full (G_PRIORITY_HIGH, PROBE_MS, on_probe, NULL, NULL);
  while (!gbx_application_grid_is_complete (grid))
    g_main_context_iteration (NULL, TRUE);
  frames = gtk_widget_get_frame_clock (window);
  g_signal_connect (frames, "before-paint", on_before_paint, NULL);
  g_signal_connect (frames, "after-paint", on_after_paint, NULL);
  gtk_widget_queue_draw (window);
  await_frame ();
  puts ("usable");
  report ("usable-processor", (Times){ 0, read_clock (CLOCK_PROCESS_CPUTIME_ID) });
  run_for (1);
  report_stall ("stall-start");
  search (part (page, "search"));
  report_stall ("stall-search");
  gtk_entry_set_text (part (page, "search"), "application 4");
  g_signal_emit_by_name (part (page, "search"), "activate");
  run_for (1);
  report_stall ("stall-launch");
  report_memory ();
  open_editor ();
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_set_prgname ("desktop-probe");
  if (!gtk_init_check (&argc, &argv))
    return 1;
  hdy_init ();
  gbx_style_load ();
  if (argc > 1)
    measure_bare ();
  else
    measure ();
  gbx_user_file_flush ();
  return 0;
}
